import Domain
import Foundation
import SQLiteStore
import Testing

/// Scores, number by number: against the formula, and of one store against the other.
@Suite("Ranking")
struct RankingTests {
    /// The same numbers every time (SplitMix64).
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// As people write: a few words are in almost everything, most are rare.
    private static func book(passages: Int, seed: UInt64) -> [String] {
        var dice = Dice(state: seed)
        return (0..<passages).map { _ in
            (0..<Int.random(in: 60...140, using: &dice)).map { _ in
                let chance = Double.random(in: 0..<1, using: &dice)
                return "w\(Int(800 * chance * chance * chance * chance))"
            }.joined(separator: " ")
        }
    }

    /// BM25 as Robertson and Spärck Jones have it, where no term is worth less than nothing.
    private static func scores(_ texts: [String], _ terms: [String]) -> [Double] {
        let words = texts.map { Story.words(of: $0) }
        let average = Double(words.reduce(0) { $0 + $1.count }) / Double(words.count)
        let worth = terms.map { term -> Double in
            let holders = Double(words.count { $0.contains(term) })
            return max(log((Double(words.count) - holders + 0.5) / (holders + 0.5)), 0.000_001)
        }
        return words.map { words in
            zip(terms, worth).reduce(0) { sum, term in
                let count = Double(words.count { $0 == term.0 })
                let length = 0.25 + 0.75 * Double(words.count) / average
                return sum + term.1 * count * 2.2 / (count + 1.2 * length)
            }
        }
    }

    private static let questions = [
        ["w790"], ["w3", "w700"], ["w0", "w1", "w2"], ["w40", "w90", "w300", "w500", "w650"],
    ]

    @Test("Passages are worth what BM25 says, within a hundredth", arguments: Backend.all)
    func formula(_ backend: Backend) async throws {
        let texts = Self.book(passages: 300, seed: 7)
        try await backend.with { store in
            let numbers = try await Story.shelve(texts, on: store)
            #expect(numbers.count == 300)
            for terms in Self.questions {
                let ranked = try await store.read { try $0.rank(terms, in: [Story.id(500)], limit: 300) }
                let expected = Self.scores(texts, terms)
                #expect(ranked.count == expected.count { $0 > 0 } && !ranked.isEmpty)
                for entry in ranked {
                    let place = try #require(numbers.firstIndex(of: entry.passage))
                    #expect(abs(entry.score / expected[place] - 1) < 0.01, "\(terms) \(place) \(entry.score)")
                }
            }
        }
    }

    @Test("Both stores have the same passages in the same order")
    func together() async throws {
        let texts = Self.book(passages: 300, seed: 11)
        let file = try SQLiteStore(inMemory: ())
        let numbers = try await Story.shelve(texts, on: file)
        try await Backend.postgres.with { database in
            #expect(try await Story.shelve(texts, on: database) == numbers)
            for terms in Self.questions {
                let one = try await file.read { try $0.rank(terms, in: [Story.id(500)], limit: 300) }
                let other = try await database.read { try $0.rank(terms, in: [Story.id(500)], limit: 300) }
                #expect(Set(one.map(\.passage)) == Set(other.map(\.passage)))
                let scores = Dictionary(uniqueKeysWithValues: other.map { ($0.passage, $0.score) })
                // Two that are worth almost the same may stand either way round.
                let inOrder = one.map { scores[$0.passage] ?? 0 }
                for (better, worse) in zip(inOrder, inOrder.dropFirst()) { #expect(worse < better * 1.01) }
                for entry in one { #expect(abs(entry.score / (scores[entry.passage] ?? 0) - 1) < 0.01) }
                #expect(one.first?.passage == other.first?.passage)
            }
        }
    }
}
