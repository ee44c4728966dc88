/// The scripts that are written without spaces, or whose words are too long for their spaces to help.
enum EasternScript {
    case han, hiragana, katakana, hangul
    /// Thai, Lao, Burmese and Khmer.
    case southern
    /// The marks of voiced kana, which follow their letter.
    case voicing
    /// ー, which belongs to the kana before it.
    case long

    /// A letter of these scripts with its script, wide where it was half-width.
    static func letter(_ scalar: Unicode.Scalar) -> (Unicode.Scalar, EasternScript)? {
        switch scalar.value {
        case 0x3041...0x3096, 0x309D...0x309F: (scalar, .hiragana)
        case 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF: (scalar, .katakana)
        case 0x30FC: (scalar, .long)
        case 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF: (scalar, .han)
        case 0xF900...0xFAFF, 0x20000...0x3FFFF: scalar.properties.isIdeographic ? (scalar, .han) : nil
        case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E: (scalar, .hangul)
        case 0x3099, 0x309A: (scalar, .voicing)
        case 0xFF66...0xFF9D: wide(FoldedLetters.katakana[Int(scalar.value) - 0xFF66])
        case 0xFF9E: ("\u{3099}", .voicing)
        case 0xFF9F: ("\u{309A}", .voicing)
        case 0x2F00...0x2FD5: (FoldedLetters.radicals[Int(scalar.value) - 0x2F00], .han)
        case 0x0E01...0x0EDF, 0x1000...0x109F, 0x1780...0x17D3: southern(scalar)
        default: nil
        }
    }

    private static func wide(_ letter: Unicode.Scalar) -> (Unicode.Scalar, EasternScript) {
        (letter, letter == "ー" ? .long : .katakana)
    }

    /// Vowels that are marks, digits and signs are read as those of other scripts are.
    private static func southern(_ scalar: Unicode.Scalar) -> (Unicode.Scalar, EasternScript)? {
        let category = scalar.properties.generalCategory
        return category == .otherLetter || category == .modifierLetter ? (scalar, .southern) : nil
    }
}

extension Unicode.Scalar {
    /// か and a mark are が; `nil` for a letter that takes no such mark.
    func voiced(by mark: Unicode.Scalar) -> Unicode.Scalar? {
        let isKatakana = value >= 0x30A1
        let shift: UInt32 = isKatakana ? 0x60 : 0
        let place = value &- shift
        let isHalf = mark == "\u{309A}"
        switch place {
        case 0x306F...0x307B where (place - 0x306F) % 3 == 0: return Unicode.Scalar(value + (isHalf ? 2 : 1))
        case 0x304B...0x3061 where place % 2 == 1 && !isHalf: return Unicode.Scalar(value + 1)
        case 0x3064...0x3068 where place % 2 == 0 && !isHalf: return Unicode.Scalar(value + 1)
        case 0x3046 where !isHalf: return isKatakana ? "ヴ" : "ゔ"
        default: return nil
        }
    }

    /// A Hangul syllable and the letter that completes it, as section 3.12 of Unicode's core text adds them up.
    func completed(by letter: Unicode.Scalar) -> Unicode.Scalar? {
        switch (value, letter.value) {
        case (0x1100...0x1112, 0x1161...0x1175):
            Unicode.Scalar(0xAC00 + ((value - 0x1100) * 21 + letter.value - 0x1161) * 28)
        case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (value - 0xAC00) % 28 == 0:
            Unicode.Scalar(value + letter.value - 0x11A7)
        default: nil
        }
    }
}
