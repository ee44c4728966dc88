import Domain
import Synchronization
import TestKit
import Testing

@testable import PostgresStore

@Suite("Servers that share knowledge and rates", .timeLimit(.minutes(2)))
struct KnowledgeRaceTests {
    /// Two servers on one database.
    private static func both(
        _ body: @escaping @Sendable (_ stores: [PostgresStore], TestSchema) async throws -> Void
    ) async throws {
        try await TestSchema.with { first, schema in
            let second = try await PostgresStore(url: schema.url)
            try await body([first, second], schema)
            try await Blocking.run { try second.close() }
        }
    }

    @Test("Two servers that count in one window never count less")
    func rates() async throws {
        try await Self.both { stores, _ in
            let (world, rule) = (SetClock().world, RateRule(requests: 60, seconds: 60))
            let standings = try await withThrowingTaskGroup(of: RateWindow.Standing?.self) { group in
                for number in 0..<160 {
                    let rates = Rates(store: stores[number % 2], world: world)
                    group.addTask { try await rates.take([Rates.Claim("shared", rule)]) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let passed = standings.compactMap { $0 }.filter { !$0.isRefused }
            #expect(passed.count == 60 && standings.count == 160)
            #expect(passed.map(\.remaining).sorted() == Array(0..<60), "each of them counted for itself")
        }
    }

    @Test("Whoever counts in a window that nobody has kept yet waits for the one who does")
    func newWindow() async throws {
        try await TestSchema.with { store, _ in
            let passes = Passes()
            try await store.write { rows in
                let isFirst = passes.begin() == 1
                let window = try rows.rateWindow(named: "new") ?? []
                #expect(window == [])
                _ = try rows.revision()
                guard isFirst else { return }
                let refusal = #expect(throws: (any Error).self) {
                    try OtherCaller.write(to: store) { other in
                        try other.run("SET LOCAL lock_timeout = 10")
                        _ = try other.rateWindow(named: "new")
                        _ = try other.revision()
                    }
                }
                #expect(refusal != nil)
                try rows.put(rateWindow: [1], named: "new", until: Story.later(60))
            }
            #expect(try await store.write { try $0.rateWindow(named: "new") } == [1])
        }
    }

    @Test("A window in use is not forgotten meanwhile")
    func forgotten() async throws {
        try await TestSchema.with { store, _ in
            try await store.write { rows in
                for name in ["idle", "used"] {
                    _ = try rows.rateWindow(named: name)
                    try rows.put(rateWindow: [1], named: name, until: Story.morning)
                }
            }
            try await store.write { rows in
                let window = try rows.rateWindow(named: "used")
                _ = try rows.revision()
                try OtherCaller.write(to: store) { other in
                    let forgotten = try other.forgetRateWindows(before: Story.later(1), limit: 9)
                    #expect(forgotten == 1)
                }
                try rows.put(rateWindow: (window ?? []) + [2], named: "used", until: Story.later(60))
            }
            #expect(try await store.write { try $0.rateWindow(named: "used") } == [1, 2])
        }
    }

    @Test("Two who take documents at the same time take different ones, and neither waits")
    func documents() async throws {
        try await TestSchema.with { store, _ in
            try await store.write { rows in
                for number in UInt64(600)...601 { try rows.insert(Story.document(number, task: .split)) }
            }
            let (first, second, third) = (Taken(), Taken(), Taken())
            try await store.write { rows in
                first.note(try rows.takeDocument(at: Story.later(9), until: Story.later(69)))
                for other in [second, third] {
                    try OtherCaller.write(to: store) { rows in
                        other.note(try rows.takeDocument(at: Story.later(9), until: Story.later(69)))
                    }
                }
            }
            #expect([first.id, second.id, third.id] == [Story.id(600), Story.id(601), nil])
        }
    }

    @Test("Many who take documents take each once")
    func manyDocuments() async throws {
        try await Self.both { stores, _ in
            try await stores[0].write { rows in
                for number in UInt64(600)..<640 { try rows.insert(Story.document(number, task: .index)) }
            }
            let taken = try await withThrowingTaskGroup(of: ID?.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        try await stores[number % 2].write { rows in
                            try rows.takeDocument(at: Story.later(9), until: Story.later(69))?.id
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
            var all = taken
            while let more = try await stores[0].write({
                try $0.takeDocument(at: Story.later(9), until: Story.later(69))?.id
            }) { all.append(more) }
            #expect(all.sorted() == (600..<640).map { Story.id(UInt64($0)) })
        }
    }

    @Test("Two servers index one source at once, while a third removes: the counts are right, and nobody is missed")
    func indexing() async throws {
        try await Self.both { stores, schema in
            try await Story.shelve((0..<20).map { "gone \($0)" }, as: 699, on: stores[0])
            let tides = (0..<200).map { "tide \($0 % 7) of the harbour" }
            async let seen = Self.follow(stores[1], until: 100)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    let (store, texts) = (stores[number % 2], Array(tides[(50 * number)..<(50 * number + 50)]))
                    group.addTask { try await Self.index(texts, as: UInt64(600 + number), on: store) }
                }
                group.addTask {
                    while try await stores[0].write({ try $0.removePassages(of: Story.id(699), limit: 3) }) > 0 {}
                }
                try await group.waitForAll()
            }
            let counts = try await PostgresServer.run("SELECT passages || ' ' || terms FROM sources", at: schema.url)
            #expect(counts == "200 1000")
            #expect(try await PostgresServer.run("SELECT count(*) FROM passage_terms", at: schema.url) == "1000")
            #expect(try await Story.rank("tide", on: stores[0]).count == 200)
            #expect(try await Story.rank("gone", on: stores[1]) == [])
            let all = try await stores[0].read { try $0.vectors(of: Story.id(500), by: "m", after: 0, limit: 999) }
            #expect(try await seen == all.map(\.number), "no number came to be below one that was seen")
            #expect(all.count == 100)
        }
    }

    /// In batches of five, every other passage with a vector.
    private static func index(_ texts: [String], as document: UInt64, on store: PostgresStore) async throws {
        try await store.write { rows in
            try rows.insert(Story.document(document))
            try rows.insert(texts.indices.map { Story.passage($0, texts[$0], of: document) })
        }
        for start in stride(from: 0, to: texts.count, by: 5) {
            try await store.write { rows in
                let batch = try rows.passages(of: Story.id(document), from: start, limit: 5)
                try rows.index(batch.map { ($0.number, Story.words(of: $0.text)) }, of: Story.id(500))
                let half = batch.filter { $0.place % 2 == 0 }
                try rows.insert(half.map { ($0.number, [1, 2]) }, by: "m", of: Story.id(500))
            }
        }
    }

    /// Reads on behind the newest vector that it has seen, as a server that keeps them does.
    private static func follow(_ store: PostgresStore, until count: Int) async throws -> [Int64] {
        var seen: [Int64] = []
        for _ in 0..<20_000 where seen.count < count {
            let newest = seen.last ?? 0
            seen += try await store.read { rows in
                try rows.vectors(of: Story.id(500), by: "m", after: newest, limit: 10).map(\.number)
            }
        }
        return seen
    }
}

/// What somebody has taken, told from one thread to another that waits for it.
private final class Taken: Sendable {
    private let taken = Mutex<ID?>(nil)

    var id: ID? { taken.withLock { $0 } }

    func note(_ document: Document?) { taken.withLock { $0 = document?.id } }
}
