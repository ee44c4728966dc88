/// Endings of words with what takes their place; the longest that fits is taken, one at a time.
struct Endings {
    private struct Ending {
        var letters: [UInt8]
        var replacement: [UInt8]
        /// Letters that must stand before it, a vowel among those that are left.
        var least: Int
    }

    /// By their last letter, the longest first.
    private let shelves: [[Ending]]

    /// One rule a line: endings, what takes their place after `>`, and how many letters stand before at least.
    init(_ rules: String) {
        var shelves = [[Ending]](repeating: [], count: 26)
        for rule in rules.split(separator: "\n") {
            let fields = rule.split(separator: ">", omittingEmptySubsequences: false)
            let result = fields[1].split(separator: " ")
            for ending in fields[0].split(separator: " ") {
                let letters = Array(ending.utf8)
                let replacement = result.count > 1 ? Array(result[0].utf8) : []
                let least = Int(result[result.count - 1]) ?? 0
                shelves[Self.shelf(letters)].append(
                    Ending(letters: letters, replacement: replacement, least: least))
            }
        }
        self.shelves = shelves.map { $0.sorted { $0.letters.count > $1.letters.count } }
    }

    /// A word of small ASCII letters.
    func replace(in word: inout [UInt8]) {
        for ending in shelves[Self.shelf(word)] {
            let rest = word.count - ending.letters.count
            guard rest >= ending.least, word[rest...].elementsEqual(ending.letters) else { continue }
            guard !ending.replacement.isEmpty || word[..<rest].contains(where: \.isVowel) else { continue }
            word.replaceSubrange(rest..., with: ending.replacement)
            return
        }
    }

    private static func shelf(_ word: [UInt8]) -> Int {
        word.last.map { Int($0) - 0x61 } ?? 0
    }
}

extension UInt8 {
    var isVowel: Bool {
        switch self {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: false
        }
    }
}
