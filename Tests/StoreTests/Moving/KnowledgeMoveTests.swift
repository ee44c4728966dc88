import Domain
import PostgresStore
import Testing

@Suite("A move of what is known")
struct KnowledgeMoveTests {
    private static let texts = [
        "tide at noon and ebb at night", "tide tide tide", "lantern and tide", "ebb of a long day by the old pier",
        "flood", "lantern of the night watch by the pier", "返品 は 七日", "rope and nails",
    ]
    private static let questions = [["tide"], ["ebb", "lantern"], ["返品"], ["pier", "night", "tide"], ["submarine"]]

    /// Two sources, with passages that were removed, and some that are not indexed yet.
    private static func live(in store: any Store) async throws {
        let numbers = try await Story.shelve(texts, on: store)
        try await Story.shelve(["tide of others", "gone tide"], as: 601, in: 501, on: store)
        try await store.write { rows in
            for model in ["m", "n"] {
                try rows.insert(numbers.map { ($0, [UInt8($0), 0, 255]) }, by: model, of: Story.id(500))
            }
            _ = try rows.removePassage(PassageName(document: Story.id(601), place: 1))
            _ = try rows.removePassage(PassageName(document: Story.id(600), place: 4))
            try rows.insert(Story.document(602, task: .index))
            try rows.insert((0..<3).map { Story.passage($0, "tide yet to come", of: 602, heading: "A › B") })
            try rows.insert(Realm(name: "harbour", account: Story.harbour.id, createdAt: Story.later(3)))
            try rows.insert(
                UploadTicket(
                    id: Story.id(40), account: Story.harbour.id, principal: "p", filename: "a.md",
                    target: .source("shelf-500"), createdAt: Story.morning, expiresAt: Story.later(60)))
            _ = try rows.useUploadTicket(id: Story.id(40))
            try rows.put(rateWindow: [1, 0, 255], named: "rate", until: Story.later(60))
            var knowing = Story.pilot
            knowing.code = "knowing"
            knowing.knowledge = ["shelf-500"]
            _ = try rows.insert(knowing)
            var token = Story.till
            token.id = "pat-1"
            token.realm = "harbour"
            token.user = "ana"
            try rows.insert(token)
        }
    }

    /// All that can be read of it.
    private struct Known: Equatable {
        var sources: [Source]
        var documents: [[Document]]
        var passages: [[Passage]]
        var vectors: [[StoredVector]]
        var ranks: [[Int64]]
        var realm: Realm?
        var ticket: UploadTicket?
        var rate: [UInt8]?
        var agents: [Agent]
        var clients: [Client]

        static func of(_ store: any Store) async throws -> Known {
            try await store.write { rows in
                let sources = try rows.sources(account: Story.harbour.id)
                return Known(
                    sources: sources, documents: try sources.map { try rows.documents(of: $0.id) },
                    passages: try sources.map { try rows.passages(of: $0.id, offset: 0, limit: 99).rows },
                    vectors: try ["m", "n"].map {
                        try rows.vectors(of: Story.id(500), by: $0, after: 0, limit: 99)
                    },
                    ranks: try questions.map { try rows.rank($0, in: [Story.id(500)], limit: 9).map(\.passage) },
                    realm: try rows.realm(named: "harbour"), ticket: try rows.uploadTicket(id: Story.id(40)),
                    rate: try rows.rateWindow(named: "rate"), agents: try rows.agents(), clients: try rows.clients())
            }
        }
    }

    private static func with(_ body: @escaping (Moving) async throws -> Void) async throws {
        try await Moving.with { moving in
            try await live(in: moving.source)
            try await body(moving)
        }
    }

    @Test("Sources, documents, passages and vectors come along, and passages are found as before")
    func everything() async throws {
        try await Self.with { moving in
            let moved = try await moving.move()
            let rows = Dictionary(uniqueKeysWithValues: moved.map { ($0.table, $0.rows) })
            #expect(rows["sources"] == 2 && rows["documents"] == 3 && rows["passages"] == 11)
            #expect(rows["passage_vectors"] == 14 && rows["passage_index"] == nil && rows["passage_terms"] == nil)
            let known = try await Known.of(moving.target)
            #expect(known == (try await Known.of(moving.source)))
            #expect(known.ranks.map(\.isEmpty) == [false, false, false, false, true])
            #expect(known.passages.flatMap { $0 }.count == 11)
        }
    }

    @Test("A move that was lost anywhere carries it all when it goes on")
    func interrupted() async throws {
        for count in [2, 20, 40, 60] {
            try await Self.with { moving in
                _ = try await moving.falter(after: count) ? moving.move() : []
                #expect(try await Known.of(moving.target) == Known.of(moving.source))
            }
        }
    }

    @Test("Afterwards it goes on: passages are indexed, found and removed, and no number is given again")
    func goesOn() async throws {
        try await Self.with { moving in
            try await moving.move()
            for store in [moving.source, moving.target] as [any Store] {
                let late = try await store.write { rows in
                    let waiting = try rows.passages(of: Story.id(602), from: 0, limit: 9)
                    try rows.index(waiting.map { ($0.number, Story.words(of: $0.text)) }, of: Story.id(500))
                    try rows.insert(waiting.map { ($0.number, [7]) }, by: "m", of: Story.id(500))
                    _ = try rows.removePassage(PassageName(document: Story.id(600), place: 1))
                    return waiting.map(\.number)
                }
                let newer = try await Story.shelve(["tide and lantern"], as: 603, on: store)
                #expect(newer[0] > (late.max() ?? 0))
                #expect(try await Story.rank("yet", on: store).sorted() == late)
            }
            #expect(try await Known.of(moving.target) == Known.of(moving.source))
        }
    }
}
