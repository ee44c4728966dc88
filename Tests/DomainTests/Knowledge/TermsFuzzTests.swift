import Testing

@testable import Domain

/// Texts that nobody writes: whatever comes in, terms keep their promises.
@Suite struct TermsFuzzTests {
    /// The same numbers every time (SplitMix64).
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let alphabets: [ClosedRange<UInt32>] = [
        0...0x10FFFF, 0x20...0x7E, 0x20...0x2FF, 0x300...0x6FF, 0x900...0x1BFF, 0x1E00...0x20FF, 0x2E80...0x31FF,
        0x3040...0x30FF, 0x4E00...0x4E80, 0x1100...0x11FF, 0xA000...0xABFF, 0xFB00...0xFFFF, 0x1D400...0x1D7FF,
    ]

    /// The planes that hold letters and marks; the others hold none.
    @Test("every scalar of Unicode is read", arguments: [0, 1, 2, 3, 14] as [UInt32])
    func everyScalar(plane: UInt32) {
        let unsound = ((plane << 16)...(plane << 16 | 0xFFFF)).filter { value in
            guard let scalar = Unicode.Scalar(value) else { return false }
            let text = "\(scalar) a\(scalar)b か\(scalar)\(scalar) ก\(scalar) я\(scalar)1"
            return !Terms.terms(of: text).allSatisfy(Self.isSound)
        }
        #expect(unsound.isEmpty)
    }

    @Test("any text has sound terms, and the same ones each time", arguments: alphabets.indices)
    func anyText(alphabet: Int) {
        var dice = Dice(state: UInt64(alphabet))
        let joints: [Unicode.Scalar] = ["'", ".", "_", "-", ",", " ", "1", "A", "a", "\u{301}", "の", "返", "ー"]
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...90, using: &dice) {
                let scalar = Unicode.Scalar(UInt32.random(in: Self.alphabets[alphabet], using: &dice))
                text.append(Bool.random(using: &dice) ? scalar ?? " " : joints.randomElement(using: &dice) ?? " ")
            }
            let terms = Terms.terms(of: String(text))
            #expect(terms.allSatisfy(Self.isSound), "\(String(text).debugDescription)")
            #expect(terms == Terms.terms(of: String(text)))
        }
    }

    @Test("a term has 40 characters at most")
    func longWords() {
        let long = [String(repeating: "ab", count: 300), String(repeating: "я", count: 300)]
        #expect(long.map { Terms.terms(of: $0).map(\.count) } == [[40], [40]])
        #expect(Terms.terms(of: String(repeating: "a_", count: 300)).map(\.count) == [40])
    }

    /// Letters, digits and the marks that are vowels, in lower case.
    private static func isSound(_ term: String) -> Bool {
        let scalars = term.unicodeScalars
        guard !term.isEmpty, scalars.count <= TermList.longest, term == term.lowercased() else { return false }
        return scalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .letterNumber: true
            case .uppercaseLetter: scalar.properties.lowercaseMapping == String(scalar)
            default: scalar.isASCII && scalar.properties.numericType != nil
            }
        }
    }
}
