/// A text as words that can be compared: lower case, without endings, code words also in their parts.
enum Words {
    /// A word as it was written, and what else it can be found by.
    struct Word: Equatable {
        /// Stemmed, whole: `drain.streams_seconds`, `finishreason`, `cancel`.
        var whole: String
        /// Stemmed parts of a code word: `drain`, `stream`, `second`; empty for a plain word.
        var parts: [String]
    }

    /// The words of a text in their order, without those that say nothing.
    static func words(of text: String) -> [Word] {
        spelled(text).compactMap { word in
            let lower = word.lowercased()
            guard !StopWords.english.contains(lower) else { return nil }
            let parts = self.parts(of: word)
            return parts.count > 1 ? Word(whole: lower, parts: parts) : Word(whole: stem(lower), parts: [])
        }
    }

    /// Everything a text can be found by.
    static func terms(of text: String) -> [String] {
        words(of: text).flatMap { [$0.whole] + $0.parts }
    }

    /// Letters and digits; within a word also `.`, `_`, `-`. An apostrophe ends a word and takes its rest with it.
    static func spelled(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isAfterApostrophe = false
        func close() {
            while let last = word.last, "._-".contains(last) { word.removeLast() }
            if !word.isEmpty { words.append(word) }
            word = ""
            isAfterApostrophe = false
        }
        for letter in joined(text) {
            if letter.isLetter || letter.isNumber {
                // No space stands between the letters of two scripts.
                if let last = word.last, isEastern(last) != isEastern(letter) { close() }
                if !isAfterApostrophe { word.append(letter) }
            } else if "'’".contains(letter), !word.isEmpty {
                isAfterApostrophe = true
            } else if "._-".contains(letter), !word.isEmpty, !isAfterApostrophe {
                word.append(letter)
            } else {
                close()
            }
        }
        close()
        return words
    }

    /// Without the schemes of addresses, which say nothing; two words are one where the handbook writes them as one.
    private static func joined(_ text: String) -> String {
        let pairs = [
            ("https://", " "), ("http://", " "), ("log in", "login"), ("sign in", "login"), ("set up", "setup"),
            ("time out", "timeout"),
        ]
        return pairs.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    private static func isEastern(_ letter: Character) -> Bool {
        letter.unicodeScalars.contains { (0x2E80...0xFFFF).contains($0.value) || $0.value >= 0x20000 }
    }

    /// `on-disconnect` and `onDisconnect` are `on`, `disconnect`; `drain.streams_seconds` is `streams_seconds` too.
    private static func parts(of word: String) -> [String] {
        let plain = plainParts(of: word).map { $0.lowercased() }
        guard plain.count > 1 else { return plain }
        let keys = word.contains(".") ? word.lowercased().split(separator: ".").map { String($0) } : []
        return keys.filter { $0.contains("_") } + plain.filter { !StopWords.english.contains($0) }.map(stem)
    }

    private static func plainParts(of word: String) -> [String] {
        var parts: [String] = []
        var part = ""
        for letter in word {
            let isJoint = "._-".contains(letter)
            if isJoint || letter.isUppercase && part.last?.isLowercase == true {
                if !part.isEmpty { parts.append(part) }
                part = ""
            }
            if !isJoint { part.append(letter) }
        }
        return part.isEmpty ? parts : parts + [part]
    }

    /// A word without its English ending, so that `streams`, `streamed` and `streaming` are one word.
    static func stem(_ word: String) -> String {
        guard word.utf8.count > 3, word.utf8.allSatisfy({ (97...122).contains($0) }) else { return word }
        var stem = withoutPlural(word)
        if stem.count > 5, stem.hasSuffix("ing"), hasVowel(stem.dropLast(3)) {
            stem.removeLast(3)
        } else if stem.count > 4, stem.hasSuffix("ed"), hasVowel(stem.dropLast(2)) {
            stem.removeLast(2)
        } else if stem.count > 6, stem.hasSuffix("tion") || stem.hasSuffix("sion") {
            stem.removeLast(3)
        }
        if stem.count > 3, stem.hasSuffix("e") { stem.removeLast() }
        if stem.count > 5, stem.hasSuffix("at") { stem.removeLast(2) }
        if stem.count > 2, stem.hasSuffix("y") { stem = stem.dropLast() + "i" }
        if stem.count > 3, let last = stem.last, stem.dropLast().last == last { stem.removeLast() }
        return stem
    }

    private static func withoutPlural(_ word: String) -> String {
        if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
        if ["sses", "xes", "ches", "shes"].contains(where: { word.hasSuffix($0) }) { return String(word.dropLast(2)) }
        let isKept = ["ss", "us", "is"].contains { word.hasSuffix($0) }
        return word.hasSuffix("s") && !isKept ? String(word.dropLast()) : word
    }

    private static func hasVowel(_ text: Substring) -> Bool {
        text.contains { "aeiouy".contains($0) }
    }
}

extension Words {
    /// Every word as it was written, in lower case, small ones too.
    static func pieces(of text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || "'’-".contains($0)) }.map { $0.lowercased() }
    }
}
