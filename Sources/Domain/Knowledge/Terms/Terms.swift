/// A text as the terms that it can be found by.
package enum Terms {
    /// In their order, repeated as often as they occur; each term is lower-case letters and digits only (ASCII or
    /// other letters), at most 40 characters, never empty. The same for passages and for questions, and without a
    /// guess of the language: three words are too few for one, so every rule goes by script and letters.
    package static func terms(of text: String) -> [String] {
        let telling = terms(of: text, keepingSmallWords: false)
        // "What is it?" and です have small words only: better those than nothing.
        return telling.isEmpty ? terms(of: text, keepingSmallWords: true) : telling
    }

    private static func terms(of text: String, keepingSmallWords: Bool) -> [String] {
        var reader = TermReader(keepingSmallWords: keepingSmallWords)
        for scalar in text.unicodeScalars { reader.read(scalar) }
        return reader.finish()
    }
}

/// The terms found so far, each stemmed and cut to its limit as it comes in.
struct TermList {
    static let longest = 40

    private(set) var terms: [String] = []
    let keepsSmallWords: Bool

    /// A word in any case, without joints.
    mutating func add(_ letters: some Sequence<UInt8>) {
        var word = letters.map { $0.isCapital ? $0 | 0x20 : $0 }
        if !keepsSmallWords, StopWords.contains(word) { return }
        Stems.shorten(&word)
        append(word)
    }

    /// A term as it is, UTF-8.
    mutating func append(_ letters: [UInt8]) {
        let term = String(decoding: letters, as: UTF8.self)
        terms.append(letters.count > Self.longest ? Self.cut(term) : term)
    }

    private static func cut(_ term: String) -> String {
        var cut = ""
        cut.unicodeScalars.append(contentsOf: term.unicodeScalars.prefix(longest))
        return cut
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isCapital: Bool { self >= 0x41 && self <= 0x5A }
    var isSmallLetter: Bool { self >= 0x61 && self <= 0x7A }
    /// Not a digit, not a joint: an ASCII letter or a byte of another one.
    var isLetter: Bool { isCapital || isSmallLetter || self >= 0x80 }
}
