import Domain
import Foundation
import TestKit
import Testing

@testable import PostgresStore

@Suite("Servers that change the same rows", .timeLimit(.minutes(2)))
struct RaceTests {
    /// Whether somebody of a schema waits for a lock.
    private func isWaiting(in schema: TestSchema) async throws -> Bool {
        try await PostgresServer.run(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = '\(schema.name)' AND wait_event_type = 'Lock'
            """) != "0"
    }

    /// One caller holds its locks until another waits for them.
    private func race(
        _ store: PostgresStore, _ schema: TestSchema, first: @escaping @Sendable (Rows) throws -> Void,
        second: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        let (isIn, mayLeave) = (Door(), Door())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.write { rows in
                    let rows = try #require(rows as? Rows)
                    try first(rows)
                    // Everything that waited has been done.
                    _ = try rows.revision()
                    isIn.open()
                    try mayLeave.pass()
                }
            }
            try await Blocking.run { try isIn.pass() }
            group.addTask { try await store.write(second) }
            try await until { try await isWaiting(in: schema) }
            mayLeave.open()
            try await group.waitForAll()
        }
    }

    @Test("A run that ends while its conversation is being removed leaves nothing behind")
    func removal() async throws {
        try await TestSchema.with { store, schema in
            let run = Story.run(10)
            try await store.write { rows in
                try rows.insert(run)
                try rows.append([(run.id, Story.event(0, .started))])
            }
            try await race(store, schema) { rows in
                try rows.removeConversation(account: run.account, id: run.conversation)
            } second: { rows in
                try rows.append([(run.id, Story.event(1, .finished(.stop)))])
                try rows.end(Story.finished(run, at: 20, last: 1))
            }
            #expect(try await store.read { try $0.run(id: run.id) } == nil)
            #expect(try await store.read { try $0.eventCount(of: run.id) } == 0)
        }
    }

    @Test("A conversation that is removed while its run ends takes the end with it")
    func end() async throws {
        try await TestSchema.with { store, schema in
            let run = Story.run(10)
            try await store.write { try $0.insert(run) }
            try await race(store, schema) { rows in
                try rows.end(Story.finished(run, at: 20, last: 1))
            } second: { rows in
                try rows.removeConversation(account: run.account, id: run.conversation)
            }
            #expect(try await store.read { try $0.run(id: run.id) } == nil)
        }
    }

    @Test("A chunk that arrives while its file is being removed is refused")
    func chunk() async throws {
        try await TestSchema.with { store, schema in
            try await store.write { try $0.insert(Story.file(30)) }
            await #expect(throws: Refusal(.gone, "The file \(Story.id(30)) is no longer kept.")) {
                try await race(store, schema) { rows in
                    try rows.removeFile(id: Story.id(30))
                } second: { rows in
                    try rows.append(chunk: [1], number: 0, to: Story.id(30))
                }
            }
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == [])
        }
    }

    @Test("Who claims a key while another does waits, and is shown the other's claim")
    func claim() async throws {
        try await TestSchema.with { store, schema in
            let passes = Passes()
            try await race(store, schema) { rows in
                _ = try rows.claim(Story.claim("order-7", subject: 50))
            } second: { rows in
                let pass = passes.begin()
                let standing = try rows.claim(Story.claim("order-7", subject: 51))
                #expect(standing?.subject == (pass == 1 ? nil : Story.id(50)))
            }
            #expect(passes.count == 2)
        }
    }

    @Test("A lease is not ended while its holder writes, and not held while it is being ended")
    func lease() async throws {
        try await TestSchema.with { store, schema in
            let lease = try await store.write { try $0.takeLease(seconds: 60) }
            try await store.write { rows in
                let rows = try #require(rows as? Rows)
                #expect(try rows.holdsLease(lease))
                _ = try rows.revision()
                try OtherCaller.write(to: store) { other in
                    try other.run("UPDATE leases SET until = clock_timestamp()")
                    try other.endExpiredLeases()
                }
                #expect(try rows.first("SELECT count(*) FROM leases") { try $0.count() } == 1)
            }
            try await store.write { try ($0 as? Rows)?.run("UPDATE leases SET until = until + interval '1 hour'") }
            try await race(store, schema) { rows in
                try rows.endLease(lease)
            } second: { rows in
                // On trust the first time; then the truth.
                let holds = try rows.holdsLease(lease)
                _ = try rows.revision()
                #expect(!holds)
            }
        }
    }

    @Test("A server that freezes in the middle of a transaction loses its locks, and begins again when it thaws")
    func frozen() async throws {
        try await TestSchema.with { store, _ in
            let passes = Passes()
            let (isIn, mayLeave) = (Door(), Door())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.write { rows in
                        let isFirst = passes.begin() == 1
                        try rows.raiseRevision()
                        if isFirst { try (rows as? Rows)?.run("SET idle_in_transaction_session_timeout = 50") }
                        _ = try rows.revision()
                        if isFirst {
                            isIn.open()
                            try mayLeave.pass()
                        }
                    }
                }
                try await Blocking.run { try isIn.pass() }
                try await store.write { try $0.raiseRevision() }
                mayLeave.open()
                try await group.waitForAll()
            }
            #expect(passes.count == 2)
            #expect(try await store.read { try $0.revision() } == 2)
        }
    }
}
