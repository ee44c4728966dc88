/// What a scalar beyond ASCII is to a reader of terms, folded: accents, widths and forms of one letter are one.
///
/// After Unicode's compatibility decomposition (NFKD) as far as text for people holds it; the standard library keeps
/// its own tables of it to itself, and Foundation's folding is slow.
enum Letter {
    /// An ASCII scalar: é is e, Ａ is A, a wide space is a space.
    case plain(UInt8)
    case plainLetters(String)
    /// A letter of a script with spaces, in lower case.
    case letter(Unicode.Scalar)
    case eastern(Unicode.Scalar, EasternScript)
    case mark(Unicode.Scalar)
    /// Accents of their own, soft hyphens: the word goes on.
    case silent
    case end

    static func of(_ scalar: Unicode.Scalar) -> Letter {
        switch scalar.value {
        case 0x00C0...0x024F: folded(scalar, FoldedLetters.latin[Int(scalar.value) - 0x00C0])
        case 0x1E00...0x1EFF: folded(scalar, FoldedLetters.latinAdditional[Int(scalar.value) - 0x1E00])
        case 0xFF01...0xFF5E: .plain(UInt8(scalar.value - 0xFEE0))
        case 0x00AA, 0x00BA, 0x0640: .silent  // ordinals as in nº, and the Arabic stretch
        case 0x2010, 0x2011: .plain(UInt8(ascii: "-"))
        case 0x2019, 0x02BC: .plain(UInt8(ascii: "'"))
        case 0x1D400...0x1D6A3: .plain(mathematical(scalar.value))
        default:
            if let (letter, script) = EasternScript.letter(scalar) { .eastern(letter, script) } else { other(scalar) }
        }
    }

    private static func folded(_ scalar: Unicode.Scalar, _ letter: UInt8) -> Letter {
        letter == UInt8(ascii: "?") ? other(scalar) : .plain(letter)
    }

    /// Thirteen alphabets one after another, each A to Z and a to z.
    private static func mathematical(_ value: UInt32) -> UInt8 {
        let place = UInt8((value - 0x1D400) % 52)
        return place < 26 ? UInt8(ascii: "A") + place : UInt8(ascii: "a") + place - 26
    }

    private static func other(_ scalar: Unicode.Scalar) -> Letter {
        if let letters = FoldedLetters.spelled[scalar] { return .plainLetters(letters) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter:
            // The few capitals that become two scalars become a letter and an accent.
            return plainer(properties.lowercaseMapping.unicodeScalars.first ?? scalar)
        case .lowercaseLetter, .modifierLetter, .otherLetter: return plainer(scalar)
        case .decimalNumber, .otherNumber: return digit(properties)
        case .nonspacingMark, .spacingMark: return isAccent(scalar.value) ? .silent : .mark(scalar)
        case .format: return scalar.value == 0x200B ? .end : .silent
        default: return .end
        }
    }

    private static func plainer(_ scalar: Unicode.Scalar) -> Letter {
        .letter(FoldedLetters.plainer[scalar] ?? scalar)
    }

    /// Digits of any script, also raised and circled ones.
    private static func digit(_ properties: Unicode.Scalar.Properties) -> Letter {
        guard properties.numericType == .decimal || properties.numericType == .digit,
            let value = properties.numericValue
        else { return .end }
        return .plain(UInt8(ascii: "0") + UInt8(value))
    }

    /// Marks that a reader may leave out: accents, Hebrew and Arabic points, the Indic nukta, variation selectors.
    /// Those of the scripts from Devanagari on are vowels, and stay.
    private static func isAccent(_ value: UInt32) -> Bool {
        switch value {
        case ..<0x0900, 0x093C, 0x09BC, 0x0A3C, 0x0ABC, 0x0B3C, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF,
            0x302A...0x302F, 0xFE00...0xFE2F, 0xE0100...:
            true
        default: false
        }
    }
}
