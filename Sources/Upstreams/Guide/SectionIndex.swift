import Foundation

/// Sections ranked by how well they fit a question (BM25F: heading, chapter and body weigh differently).
struct SectionIndex: Sendable {
    /// A part of a section, with how much a word in it counts and how much its length matters.
    private struct Field {
        var weight: Double
        var lengthMatters: Double
        var text: @Sendable (Section) -> String

        init(_ weight: Double, lengthMatters: Double, _ text: @escaping @Sendable (Section) -> String) {
            self.weight = weight
            self.lengthMatters = lengthMatters
            self.text = text
        }
    }

    private static let fields = [
        Field(4, lengthMatters: 0.5) { $0.heading },
        Field(0.5, lengthMatters: 0.5) { $0.parent ?? "" },
        Field(1, lengthMatters: 0.7) { $0.prose },
        Field(0.6, lengthMatters: 0.7) { $0.code },
    ]
    private static let saturation = 1.2
    /// What a word's synonym counts, measured against the word itself.
    private static let synonymWeight = 0.6

    let sections: [Section]
    /// For each section, its words with how often they occur, lengths and weights taken in.
    private let frequencies: [[String: Double]]
    private let headings: [Set<String>]
    private let rarity: [String: Double]
    private let unknownRarity: Double

    /// A section with how well it fits.
    struct Hit {
        var section: Section
        var score: Double
        /// How much of what the question says the section says too, 0 to 1.
        var coverage: Double
        /// Whether a rare word of the question stands in the heading.
        var isNamed: Bool
    }

    init(_ sections: [Section]) {
        self.sections = sections
        var frequencies = [[String: Double]](repeating: [:], count: sections.count)
        for field in Self.fields {
            let texts = sections.map { Words.terms(of: field.text($0)) }
            let average = max(1, Double(texts.reduce(0) { $0 + $1.count }) / Double(max(1, sections.count)))
            for (place, terms) in texts.enumerated() {
                let length = 1 - field.lengthMatters + field.lengthMatters * Double(terms.count) / average
                for term in terms { frequencies[place][term, default: 0] += field.weight / length }
            }
        }
        let holders = frequencies.reduce(into: [String: Int]()) { counts, terms in
            for term in terms.keys { counts[term, default: 0] += 1 }
        }
        let count = Double(sections.count)
        rarity = holders.mapValues { log(1 + (count - Double($0) + 0.5) / (Double($0) + 0.5)) }
        unknownRarity = log(1 + (count + 0.5) / 0.5)
        self.frequencies = frequencies
        headings = sections.map { Set(Words.terms(of: $0.heading)) }
    }

    func isKnown(_ term: String) -> Bool { rarity[term] != nil }

    /// How much a word says, 0 for one that the handbook does not have.
    func rarity(of term: String) -> Double { rarity[term] ?? 0 }

    /// Sections with any word of the question, the best first; those that fit equally in reading order.
    func rank(_ question: Query) -> [Hit] {
        let whole = question.wishes.reduce(0) { $0 + weight(of: $1) }
        guard whole > 0 else { return [] }
        return sections.indices.compactMap { hit($0, question, whole: whole) }
            .sorted { ($0.score, $1.place) > ($1.score, $0.place) }.map(\.hit)
    }

    private func hit(_ place: Int, _ question: Query, whole: Double) -> (score: Double, place: Int, hit: Hit)? {
        var score = 0.0
        var covered = 0.0
        var isNamed = false
        for wish in question.wishes {
            let own = worth(of: wish.term, in: place)
            let other = wish.synonyms.map { worth(of: $0, in: place) }.max() ?? 0
            score += max(own, Self.synonymWeight * other)
            if own > 0 || other > 0 { covered += weight(of: wish) * (own > 0 ? 1 : Self.synonymWeight) }
            if own > 0, wish.term.count > 3, headings[place].contains(wish.term) { isNamed = true }
        }
        guard score > 0 else { return nil }
        let section = sections[place]
        let hit = Hit(section: section, score: score * section.weight, coverage: covered / whole, isNamed: isNamed)
        return (hit.score, place, hit)
    }

    private func worth(of term: String, in place: Int) -> Double {
        guard let frequency = frequencies[place][term], let rarity = rarity[term] else { return 0 }
        return rarity * frequency * (Self.saturation + 1) / (Self.saturation + frequency)
    }

    private func weight(of wish: Query.Wish) -> Double {
        rarity[wish.term] ?? wish.synonyms.compactMap { rarity[$0] }.max() ?? unknownRarity
    }
}
