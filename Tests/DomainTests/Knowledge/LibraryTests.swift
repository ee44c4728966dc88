import TestKit
import Testing

@testable import Domain

/// Passages that fit a question, by their words and by their meaning.
@Suite struct LibraryTests {
    /// A source with four paragraphs, indexed with their vectors.
    private static func harbour(_ study: Study) async throws -> [Source] {
        let charts = try await study.source("charts")
        let paragraphs = [
            "The tide table hangs by the door", "Lanterns are lit at seven", "Bread is sold until noon",
            "The office is on the left",
        ]
        try await study.bring(paragraphs.joined(separator: "\n\n"), into: "charts")
        try await study.work(study.compass)
        return try await study.knowledge.list(for: study.ana).filter { $0.id == charts.id }
    }

    private static func beginnings(_ found: [FoundPassage]) -> [String] {
        found.map { String($0.passage.text.prefix(9)) }
    }

    @Test func wordsFindWhatHasThemAndMeaningWhatMeansThem() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let library = study.library(study.compass)
        let words = try await library.find("When is the sea high? Ask by the door.", in: sources, limit: 9, by: .words)
        #expect(Self.beginnings(words) == ["The tide "])
        let none = try await library.find("loaf", in: sources, limit: 9, by: .words)
        #expect(none == [])
        let meaning = try await library.find("loaf", in: sources, limit: 1, by: .meaning)
        #expect(Self.beginnings(meaning) == ["Bread is "] && abs(meaning[0].score - 1) < 0.001)
        #expect(try await library.find("loaf", in: sources, limit: 2).first?.passage == meaning[0].passage)
    }

    @Test func aPassageThatIsFirstByBothIsFirst() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let found = try await study.library(study.compass).find("lanterns by the door", in: sources, limit: 9)
        #expect(Self.beginnings(found).first == "Lanterns " && found.count == 4)
        #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
        #expect(found.allSatisfy { $0.score > 0 && $0.score <= 1 })
    }

    @Test func aFoundPassageTellsWhereItIsFrom() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let found = try #require(try await study.library().find("bread", in: sources, limit: 1).first)
        let used = found.used
        #expect(found.source == sources[0] && found.documentName == "book.txt" && found.mediaType == "text/plain")
        #expect(used.slug == "charts" && used.sourceName == "The charts" && used.kind == "custom" && used.place == 2)
        #expect(used.document == found.passage.document && used.score == found.score)
    }

    @Test func ranksAreFusedByTheirReciprocals() {
        func list(_ passages: Int64...) -> [RankedPassage] {
            passages.enumerated().map { RankedPassage(passage: $1, score: 10 - Double($0)) }
        }
        #expect(Library.fuse(list(7), list(7)) == [RankedPassage(passage: 7, score: 1)])
        let fused = Library.fuse(list(1, 2, 3), list(3, 1))
        #expect(fused.map(\.passage) == [1, 3, 2])
        let expected = [(1 + 3.0 / 4) / 2, (3.0 / 5 + 1) / 2, 3.0 / 4 / 2]
        for (entry, score) in zip(fused, expected) { #expect(abs(entry.score - score) < 1e-12) }
        #expect(Library.fuse(list(5, 9), list(9, 5)).map(\.passage) == [5, 9], "of equals, the earlier one")
        #expect(Library.fuse([], []) == [])
    }

    @Test func whileTheModelIsAwayThereAreStillTheWords() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let library = study.library(study.compass)
        study.compass.fail(with: Refusal(.unavailable, "“compass” does not answer."))
        #expect(Self.beginnings(try await library.find("tide", in: sources, limit: 9)) == ["The tide "])
        #expect(try await library.find("sea", in: sources, limit: 9) == [])
        let away = await #expect(throws: Refusal.self) {
            try await library.find("tide", in: sources, limit: 9, by: .meaning)
        }
        #expect(away?.reason == .unavailable, "by meaning alone there is nothing else")
        let none = await #expect(throws: Refusal.self) {
            try await study.library().find("tide", in: sources, limit: 9, by: .meaning)
        }
        #expect(none?.reason == .invalid)
        study.compass.fail(with: nil)
        #expect(Self.beginnings(try await library.find("sea", in: sources, limit: 1)) == ["The tide "])
    }

    @Test func nothingIsFoundWhereNothingIsLookedFor() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let library = study.library(study.compass)
        #expect(try await library.find("tide", in: [], limit: 9) == [])
        #expect(try await library.find("tide", in: sources, limit: 0) == [])
        #expect(try await study.library().find(" … ?", in: sources, limit: 9) == [])
        #expect(try await study.library().find("", in: sources, limit: 9) == [])
        #expect(try await library.find("tide", in: sources, limit: 2).count == 2)
    }

    @Test func vectorsOfAnotherModelAreNotCompared() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        #expect(try await study.library(Compass("another")).find("sea", in: sources, limit: 9) == [])
        // A model of the same name that has become another.
        let shorter = sources[0].id
        let passage = try await study.scene.gate.read { try $0.passages(of: shorter, offset: 0, limit: 1).rows[0] }
        try await study.scene.gate.write { rows in
            try rows.insert([(passage.number, [0, 0, 128, 63])], by: "compass", of: shorter)
        }
        let found = try await study.library(study.compass).find("loaf", in: sources, limit: 9, by: .meaning)
        #expect(Self.beginnings(found).first == "Bread is " && found.count == 4)
    }

    @Test func whatIsKeptInMemoryFollowsWhatComesAndGoes() async throws {
        let study = try await Study()
        _ = try await Self.harbour(study)
        let library = study.library(study.compass)
        func found(_ question: String) async throws -> [String] {
            let sources = try await study.knowledge.list(for: study.ana)
            return Self.beginnings(try await library.find(question, in: sources, limit: 2, by: .meaning))
        }
        #expect(try await found("loaf").first == "Bread is ")
        try await study.bring("Fresh loaf of the day", named: "new.txt", into: "charts")
        try await study.work(study.compass)
        #expect(Set(try await found("oven")) == ["Bread is ", "Fresh loa"])
        let documents = try await study.knowledge.documents(of: "charts", for: study.ana)
        let old = try #require(documents.first { $0.name == "book.txt" })
        try await study.knowledge.remove(PassageName(document: old.id, place: 2), from: "charts", for: study.ana)
        let left = try await found("oven")
        #expect(left.first == "Fresh loa" && !left.contains("Bread is "))
        try await study.knowledge.removePassages(of: "charts", standalone: nil, for: study.ana)
        #expect(try await found("oven") == [])
    }

    @Test(arguments: [0, 40_000, 1 << 20]) func vectorsAreSearchedHoweverLittleMayBeKept(bytes: Int) async throws {
        let study = try await Study()
        let charts = try await study.source("charts")
        let other = try await study.source("other")
        let id = try await study.bring("", into: "charts", indexes: nil).document.id
        try await study.bring("The oven", into: "other")
        try await study.work(study.compass)
        // Two pages and a half, with the best ones at their borders.
        let best: Set<Int> = [0, 999, 1000, 2499]
        try await study.scene.gate.write { rows in
            try rows.insert(
                (0..<2500).map { place in
                    let text = best.contains(place) ? "bread \(place)" : "tide \(place)"
                    return Passage(
                        source: charts.id, document: id, place: place,
                        cutting: Cutting(heading: "", text: text, line: 1))
                })
            let passages = try rows.passages(of: id, from: 0, limit: .max)
            let vectors = passages.map { ($0.number, Compass.vector(of: $0.text).withUnsafeBytes(Array.init)) }
            try rows.insert(vectors, by: "compass", of: charts.id)
        }
        let library = study.library(study.compass, vectorBytes: bytes)
        for _ in 0..<3 {
            let found = try await library.find("loaf", in: [charts, other], limit: 5, by: .meaning)
            #expect(Set(found.map(\.passage.text)) == Set(best.map { "bread \($0)" } + ["The oven"]))
        }
    }

    @Test func aLongQuestionIsAskedByItsBeginning() async throws {
        let study = try await Study()
        let sources = try await Self.harbour(study)
        let long = "bread " + String(repeating: "返", count: 30_000)
        let found = try await study.library(study.compass).find(long, in: sources, limit: 9)
        #expect(Self.beginnings(found).first == "Bread is ")
        #expect((study.compass.asked.last?[0].utf8.count ?? 0) <= 4000)
    }
}
