import Domain
import Foundation
import PostgresStore
import SQLiteStore
import Synchronization
import Testing

/// From a file that everything has been lived in, to an empty database.
final class Moving: Sendable {
    let source: SQLiteStore
    let target: PostgresStore
    let schema: TestSchema
    private let told = Mutex<[Move.News]>([])

    private init(_ source: SQLiteStore, _ target: PostgresStore, _ schema: TestSchema) {
        self.source = source
        self.target = target
        self.schema = schema
    }

    var news: [Move.News] { told.withLock { $0 } }

    /// Two rows a page, so that there are many.
    @discardableResult
    func move(isAnew: Bool = false, keeping master: [UInt8]? = nil) async throws -> [Move.Moved] {
        try await Move(from: source, to: target, pageRows: 2) { news in self.told.withLock { $0.append(news) } }
            .run(isAnew: isAnew, keeping: master)
    }

    /// A move that is lost after so many transactions.
    /// - Returns: whether it was.
    func falter(after count: Int, keepsLast: Bool = false) async throws -> Bool {
        let target = FalteringTarget(target, after: count, keepsLast: keepsLast)
        do {
            _ = try await Move(from: source, to: target, pageRows: 2).run()
            return false
        } catch let refusal as Refusal where refusal.reason == FalteringTarget.lost.reason {
            return true
        }
    }

    /// That the target remembers what the source does.
    func isComplete() async throws -> Bool {
        try await Remembered.of(target) == Remembered.of(source)
    }

    static func with(_ body: (Moving) async throws -> Void) async throws {
        let schema = try await TestSchema()
        do {
            let source = try SQLiteStore(inMemory: ())
            try await Remembered.live(in: source)
            let target = try await PostgresStore(url: schema.url, connections: 2, isMoveTarget: true)
            try await body(Moving(source, target, schema))
            try target.close()
        } catch {
            await schema.drop()
            throw error
        }
        await schema.drop()
    }
}

@Suite("Moving a store")
struct MoveTests {
    @Test("Everything is there afterwards, and counted")
    func everything() async throws {
        try await Moving.with { moving in
            let moved = try await moving.move()
            #expect(try await moving.isComplete())
            let rows = Dictionary(uniqueKeysWithValues: moved.map { ($0.table, $0.rows) })
            #expect(rows["run_events"] == 12 && rows["runs"] == 4 && rows["file_chunks"] == 6 && rows["revision"] == 1)
            #expect(moved.allSatisfy { $0.sum.count == 32 })
            #expect(Set(moved.map(\.sum)).count == moved.count, "even of tables that are empty")
            #expect(moving.news.suffix(moved.count) == moved.map { .verified(table: $0.table, rows: $0.rows) }[...])
        }
    }

    @Test("A number that was given before is never given again")
    func numbers() async throws {
        try await Moving.with { moving in
            try await moving.move()
            let agent = try await moving.target.write { rows in
                var newcomer = Story.clerk
                newcomer.code = "newcomer"
                return try rows.insert(newcomer)
            }
            #expect(agent.number == 4, "3 was that of an agent that is gone")
            let key = SigningKey(kid: "newest", sealedKey: [3], createdAt: Story.later(5), retiredAt: nil)
            try await moving.target.write { try $0.insert(key) }
            #expect(try await moving.target.read { try $0.signingKeys().first?.kid } == "newest")
        }
    }

    @Test("A run that was under way is nobody's, whatever lease comes next")
    func running() async throws {
        try await Moving.with { moving in
            try await moving.move()
            let (lease, abandoned) = try await moving.target.write { rows in
                (try rows.takeLease(seconds: 60), try rows.abandonedRuns(limit: 10).map(\.id))
            }
            #expect(abandoned == [Story.id(13)])
            #expect(lease > 1)
        }
    }

    @Test("A master key is kept only where one is given")
    func master() async throws {
        for key in [nil, [UInt8](repeating: 9, count: 32)] {
            try await Moving.with { moving in
                try await moving.move(keeping: key)
                #expect(try await moving.target.read { try $0.masterKey() } == key)
            }
        }
    }

    @Test("A second move is refused, and so is one into other data")
    func second() async throws {
        try await Moving.with { moving in
            try await moving.move()
            let refusal = await #expect(throws: Refusal.self) { try await moving.move() }
            #expect(refusal?.reason == .conflict && refusal?.message.contains("has finished") == true)
            await #expect(throws: Refusal.self, "beginning anew throws only unfinished moves away") {
                try await moving.move(isAnew: true)
            }
            #expect(try await moving.isComplete())
        }
        try await Moving.with { moving in
            let upstream = UpstreamSettings(name: "x", kind: .openai, url: "http://x/v1")
            try await moving.target.write { try $0.put(upstream) }
            let refusal = await #expect(throws: Refusal.self) { try await moving.move() }
            #expect(refusal?.message.contains("holds other data already") == true)
            #expect(try await moving.target.read { try $0.upstreams().count } == 1, "it is left as it was")
        }
    }

    @Test("A target that a server stands on is refused")
    func served() async throws {
        try await Moving.with { moving in
            let lease = try await moving.target.write { try $0.takeLease(seconds: 60) }
            let refusal = await #expect(throws: Refusal.self) { try await moving.move() }
            #expect(refusal?.reason == .conflict && refusal?.message.contains("in use by servers (1)") == true)
            try await moving.target.write { try $0.endLease(lease) }
            try await moving.move()
        }
    }

    @Test("What PostgreSQL cannot hold is refused with the name of its table")
    func unfit() async throws {
        try await Moving.with { moving in
            try await moving.source.write { try $0.touch(Story.conversation("a\u{0}b")) }
            let refusal = await #expect(throws: Refusal.self) { try await moving.move() }
            #expect(refusal?.message.hasPrefix("conversations: ") == true)
            #expect(refusal?.message.contains("U+0000") == true)
        }
    }

    @Test("A source without an account is no source")
    func empty() async throws {
        try await Moving.with { moving in
            let nothing = try SQLiteStore(inMemory: ())
            let refusal = await #expect(throws: Refusal.self) {
                try await Move(from: nothing, to: moving.target).run()
            }
            #expect(refusal?.reason == .notFound)
        }
    }

    @Test("Both stores have the same tables with the same columns and keys")
    func tables() async throws {
        try await Moving.with { moving in
            func described(_ store: any Store) async throws -> [String: [String]] {
                let tables = try await store.read { try $0.tables() }
                return Dictionary(
                    uniqueKeysWithValues: tables.map { ($0.name, $0.columns.map(\.name).sorted() + ["/"] + $0.key) })
            }
            let (file, database) = (try await described(moving.source), try await described(moving.target))
            #expect(file == database)
        }
    }
}
