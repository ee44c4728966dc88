import Domain
import Testing

@Suite("Rows of passages")
struct PassageRowTests {
    /// With the numbers that the store gave them.
    private static func write(_ passages: [Passage], on store: any Store) async throws -> [Passage] {
        try await store.write { rows in
            try rows.insert(passages)
            return try Set(passages.map(\.document)).flatMap { try rows.passages(of: $0, from: 0, limit: .max) }
        }
    }

    private static func bare(_ passages: [Passage]) -> [Passage] {
        passages.map { passage in
            var passage = passage
            passage.number = 0
            return passage
        }
    }

    @Test("Passages come back as they were written, each with its number", arguments: Backend.all)
    func written(_ backend: Backend) async throws {
        try await backend.with { store in
            let passages = [
                Story.passage(0, "“Quotes”, {braces}, \\backslashes\\ and\n\n\ttabs. 🐳", heading: "A › B, \"C\""),
                Story.passage(1, "", heading: "返品"), Story.passage(2, "NULL"),
                Story.passage(3, String(repeating: "wave ", count: 20_000)),
            ]
            let kept = try await Self.write(passages, on: store)
            #expect(Self.bare(kept) == passages)
            #expect(Set(kept.map(\.number)).count == 4 && kept.allSatisfy { $0.number > 0 })
            #expect(kept.map(\.number) == kept.map(\.number).sorted())
            try await store.write { try $0.insert([]) }
            #expect(try await store.read { try $0.passages(of: Story.id(600), from: 0, limit: .max) } == kept)
        }
    }

    @Test("A document's passages are read from any place on", arguments: Backend.all)
    func places(_ backend: Backend) async throws {
        try await backend.with { store in
            let passages = (0..<10).map { Story.passage($0, "\($0)") }
            _ = try await Self.write(passages + [Story.passage(4, "other", of: 601)], on: store)
            func texts(from place: Int, _ limit: Int) async throws -> [String] {
                try await store.read { try $0.passages(of: Story.id(600), from: place, limit: limit).map(\.text) }
            }
            #expect(try await texts(from: 3, 3) == ["3", "4", "5"])
            #expect(try await texts(from: 8, 100) == ["8", "9"])
            #expect(try await texts(from: 10, 5) == [])
            #expect(try await texts(from: 0, 0) == [])
            #expect(try await texts(from: 0, -1) == [])
        }
    }

    @Test("A source's passages are read page by page, with how many there are", arguments: Backend.all)
    func pages(_ backend: Backend) async throws {
        try await backend.with { store in
            _ = try await Self.write((0..<3).map { Story.passage($0, "\($0)") }, on: store)
            _ = try await Self.write((0..<3).map { Story.passage($0, "b\($0)", of: 601) }, on: store)
            _ = try await Self.write([Story.passage(0, "else", of: 602, in: 501)], on: store)
            func page(_ offset: Int, _ limit: Int) async throws -> ([String], Int) {
                let page = try await store.read { rows in
                    try rows.passages(of: Story.id(500), offset: offset, limit: limit)
                }
                return (page.rows.map(\.text), page.total)
            }
            #expect(try await page(0, 4) == (["0", "1", "2", "b0"], 6))
            #expect(try await page(4, 4) == (["b1", "b2"], 6))
            #expect(try await page(6, 4) == ([], 6))
            #expect(try await page(0, 0) == ([], 6))
        }
    }

    @Test("Passages are found by their numbers", arguments: Backend.all)
    func numbered(_ backend: Backend) async throws {
        try await backend.with { store in
            let kept = try await Self.write((0..<4).map { Story.passage($0, "\($0)") }, on: store)
            let wanted = [kept[2].number, 999_999, kept[0].number]
            let found = try await store.read { try $0.passages(numbered: wanted) }
            #expect(found.sorted { $0.place < $1.place } == [kept[0], kept[2]])
            #expect(try await store.read { try $0.passages(numbered: []) } == [])
        }
    }

    @Test("A place of a document is one passage's", arguments: Backend.all)
    func place(_ backend: Backend) async throws {
        try await backend.with { store in
            _ = try await Self.write([Story.passage(0, "first")], on: store)
            await #expect(throws: (any Error).self) {
                try await store.write { try $0.insert([Story.passage(1, "next"), Story.passage(0, "again")]) }
            }
            let kept = try await store.read { try $0.passages(of: Story.id(600), from: 0, limit: 9).map(\.text) }
            #expect(kept == ["first"])
        }
    }

    @Test("Passages of a document are removed a few at a time", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await Story.shelve((0..<7).map { "tide \($0)" }, on: store)
            try await Story.shelve(["tide of others"], as: 601, on: store)
            func remove(_ limit: Int) async throws -> Int {
                try await store.write { try $0.removePassages(of: Story.id(600), limit: limit) }
            }
            #expect(try await remove(3) == 3)
            #expect(try await store.read { try $0.passages(of: Story.id(600), from: 0, limit: 9).count } == 4)
            #expect(try await remove(0) == 0)
            #expect(try await [remove(3), remove(3), remove(3)] == [3, 1, 0])
            #expect(try await store.read { try $0.passages(of: Story.id(601), from: 0, limit: 9).count } == 1)
        }
    }

    @Test("One passage is removed by its name, once", arguments: Backend.all)
    func removedOne(_ backend: Backend) async throws {
        try await backend.with { store in
            try await Story.shelve(["tide", "ebb", "flood"], on: store)
            func remove(_ document: UInt64, _ place: Int) async throws -> Bool {
                try await store.write { rows in
                    try rows.removePassage(PassageName(document: Story.id(document), place: place))
                }
            }
            #expect(try await remove(600, 1))
            #expect(try await [remove(600, 1), remove(600, 3), remove(601, 0)] == [false, false, false])
            let kept = try await store.read { try $0.passages(of: Story.id(600), from: 0, limit: 9).map(\.place) }
            #expect(kept == [0, 2])
        }
    }

    @Test("Whoever holds a copy of a source is told of every removal", arguments: Backend.all)
    func removals(_ backend: Backend) async throws {
        try await backend.with { store in
            try await Story.shelve(["tide", "ebb", "flood"], on: store)
            try await Story.shelve(["tide"], as: 601, in: 501, on: store)
            func removals() async throws -> [Int64] {
                try await store.read { try $0.sources(account: Story.harbour.id).map(\.removals) }
            }
            #expect(try await removals() == [0, 0])
            try await store.write { rows in
                _ = try rows.removePassage(PassageName(document: Story.id(600), place: 1))
                _ = try rows.removePassage(PassageName(document: Story.id(600), place: 1))
            }
            let first = try await removals()
            #expect(first[0] > 0 && first[1] == 0)
            _ = try await store.write { try $0.removePassages(of: Story.id(600), limit: 9) }
            #expect(try await removals()[0] > first[0])
            let source = try await store.read { try $0.source(account: Story.harbour.id, slug: "shelf-500") }
            #expect(source?.removals == (try await removals())[0])
        }
    }

    @Test("A number is never given to another passage", arguments: Backend.all)
    func numbers(_ backend: Backend) async throws {
        try await backend.with { store in
            let first = try await Story.shelve(["tide", "ebb"], on: store)
            _ = try await store.write { try $0.removePassages(of: Story.id(600), limit: 9) }
            let second = try await Self.write([Story.passage(0, "flood")], on: store)
            #expect(second[0].number > (first.max() ?? 0))
        }
    }
}
