/// The words of a language's passages, by their rank: the n-th comes with a frequency of 1/n (Zipf).
struct Vocabulary {
    let words: [String]
    private let bounds: [Double]
    /// Between words, and behind a sentence.
    private let (joint, stop): (String, String)

    init(_ language: String, in set: EvaluationSet) {
        let isSpaced = language != "ja"
        var counts: [String: Int] = [:]
        for passage in set.passages(in: language) {
            for word in isSpaced ? Self.spaced(passage.text) : Self.scripts(passage.text) {
                counts[word, default: 0] += 1
            }
        }
        words = counts.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }.map(\.key)
        var sum = 0.0
        bounds = words.indices.map { rank in
            sum += 1 / Double(rank + 1)
            return sum
        }
        (joint, stop) = isSpaced ? (" ", ". ") : ("", "。")
    }

    private static func spaced(_ text: String) -> [String] {
        text.split { $0.isWhitespace || $0.isPunctuation && $0 != "-" }.map(String.init)
    }

    /// Without spaces, a word is what is written in one script.
    private static func scripts(_ text: String) -> [String] {
        var words: [String] = []
        var before = 0
        for character in text {
            let script = script(of: character)
            if script == 0 {
            } else if script == before {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
            before = script
        }
        return words
    }

    private static func script(of character: Character) -> Int {
        switch character.unicodeScalars.first?.value ?? 0 {
        case 0x3041...0x309F: 1
        case 0x30A0...0x30FF: 2
        case 0x3005, 0x4E00...0x9FFF: 3
        default: character.isLetter || character.isNumber ? 4 : 0
        }
    }

    func word(_ chance: inout Chance) -> String {
        let wanted = chance.share() * (bounds.last ?? 0)
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return words[low]
    }

    func sentence(_ words: Int, _ chance: inout Chance) -> String {
        (0..<words).map { _ in word(&chance) }.joined(separator: joint)
    }

    func text(_ words: Int, _ chance: inout Chance) -> String {
        var (text, left) = ("", words)
        while left > 0 {
            let count = min(left, Int.random(in: 8...20, using: &chance))
            text += sentence(count, &chance) + stop
            left -= count
        }
        return text
    }
}

/// Writes passages that nobody has written, in one language after another; the same ones each time.
struct Synthesis {
    static let seed: UInt64 = 1
    static let words = 60...120

    private let vocabularies: [Vocabulary]
    private var chance = Chance(seed: seed)
    private var turn = 0

    init(_ set: EvaluationSet) {
        vocabularies = set.languages.map { Vocabulary($0, in: set) }
    }

    mutating func passage() -> WrittenPassage {
        let vocabulary = vocabularies[turn % vocabularies.count]
        turn += 1
        let title = vocabulary.sentence(Int.random(in: 3...6, using: &chance), &chance)
        return WrittenPassage(
            title: title, text: vocabulary.text(Int.random(in: Self.words, using: &chance), &chance))
    }
}
