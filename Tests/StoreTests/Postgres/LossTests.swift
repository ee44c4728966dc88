import Domain
import Foundation
import TestKit
import Testing

@testable import PostgresStore

@Suite("Connections that are lost", .timeLimit(.minutes(2)))
struct LossTests {
    /// Ends the server's side of a transaction's own connection.
    private static func kill(_ rows: any Transaction) throws {
        let rows = try #require(rows as? Rows)
        let process = try #require(try rows.first("SELECT pg_backend_pid()") { try $0.integer() })
        let other = try Connection(Address(PostgresServer.url)) { _ in }
        // Waits until it has ended.
        try other.script("SELECT pg_terminate_backend(\(process), 10000)")
    }

    @Test(
        "One that ends in the middle of a transaction costs nothing: the work runs again, once",
        arguments: [true, false])
    func middle(holdsLocks: Bool) async throws {
        try await TestSchema.with { store, _ in
            let passes = Passes()
            try await store.write { rows in
                let pass = passes.begin()
                if holdsLocks { try rows.raiseRevision() }
                if pass == 1 { try Self.kill(rows) }
                try rows.insert(Story.run(10))
                if !holdsLocks { try rows.raiseRevision() }
            }
            #expect(passes.count == 2)
            #expect(try await store.read { try $0.revision() } == 1)
            #expect(try await store.read { try $0.run(id: Story.id(10)) } == Story.run(10))
            #expect(!store.isFailing)
        }
    }

    @Test("One that ends in the middle of a read costs nothing either")
    func reading() async throws {
        try await TestSchema.with { store, _ in
            let passes = Passes()
            let revision = try await store.read { rows in
                let pass = passes.begin()
                if pass == 1 { try Self.kill(rows) }
                return try rows.revision()
            }
            #expect(revision == 0)
            #expect(passes.count == 2)
        }
    }

    @Test("Those that end while nobody uses them are made again before anybody notices")
    func idle() async throws {
        try await TestSchema.with { store, schema in
            for round in 1...3 as ClosedRange<Int64> {
                try await store.write { try $0.raiseRevision() }
                #expect(try await store.read { try $0.revision() } == round)
                try await PostgresServer.run(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND application_name = '\(schema.name)'
                    """)
            }
        }
    }

    @Test("Of a commit whose answer is lost it is said that it may have been kept, and nothing is done twice")
    func unknown() async throws {
        // On a busy machine the server may say something else just then, and that is lost instead.
        var refusal: Refusal?
        for _ in 0..<3 where refusal == nil { refusal = try await refusalOfLostCommit() }
        #expect(refusal == StorageFault.unknown)
    }

    /// - Returns: nil where the commit was answered after all.
    private func refusalOfLostCommit() async throws -> Refusal? {
        var lost: Refusal?
        try await throughRelay { store, relay in
            try await store.write { try $0.raiseRevision() }
            let passes = Passes()
            do {
                try await store.write { rows in
                    _ = passes.begin()
                    try rows.raiseRevision()
                    relay.cutAtNextAnswer()
                }
            } catch let refusal as Refusal {
                #expect(passes.count == 1)
                #expect(store.isFailing)
                // It was.
                #expect(try await store.read { try $0.revision() } == 2)
                try await store.write { try $0.raiseRevision() }
                #expect(!store.isFailing)
                lost = refusal
            }
        }
        return lost
    }

    @Test("A server that is down is told of after a while, and served again when it is back")
    func down() async throws {
        try await throughRelay(patienceSeconds: 0.5) { store, relay in
            // On a slow machine even the first connection may take longer than this patience.
            func isServed() async -> Bool {
                let written: Void? = try? await store.write { try $0.raiseRevision() }
                let read = try? await store.read { try $0.revision() }
                return written != nil && read != nil
            }
            try await until { await isServed() }
            relay.down()
            await #expect(throws: StorageFault.unreachable) { try await store.write { try $0.raiseRevision() } }
            await #expect(throws: StorageFault.unreachable) { try await store.read { try $0.revision() } }
            #expect(store.isFailing)
            try relay.up()
            try await until { await isServed() }
            #expect(!store.isFailing)
        }
    }

    @Test("Who waits for a connection meanwhile is served when there is one, in turn")
    func waiting() async throws {
        try await throughRelay(patienceSeconds: 20) { store, relay in
            try await store.write { try $0.raiseRevision() }
            relay.down()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { try await store.write { try $0.raiseRevision() } } }
                group.addTask { try relay.up() }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.revision() } == 51)
        }
    }

    @Test("Where a server takes no writes any more, another connection is tried")
    func readOnly() async throws {
        try await TestSchema.with(connections: 2) { store, _ in
            try await store.write { rows in try (rows as? Rows)?.run("SET default_transaction_read_only = on") }
            let refusal = await #expect(throws: Refusal.self) { try await store.write { try $0.raiseRevision() } }
            #expect(refusal?.reason == .unavailable)
            try await store.write { try $0.raiseRevision() }
            #expect(try await store.read { try $0.revision() } == 1)
        }
    }

    private func throughRelay(
        patienceSeconds: Double = 5, _ body: (PostgresStore, Relay) async throws -> Void
    ) async throws {
        let relay = try Relay(to: PostgresServer.url)
        defer { relay.down() }
        try await TestSchema.with(at: relay.url, patienceSeconds: patienceSeconds) { store, _ in
            try await body(store, relay)
        }
    }
}
