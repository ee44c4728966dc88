import Domain
import Foundation
import Synchronization
import TestKit
import Testing

@testable import PostgresStore

@Suite("A pool of connections", .timeLimit(.minutes(2)))
struct PoolTests {
    @Test("A hundred who write and a hundred who read share eight connections")
    func shared() async throws {
        try await TestSchema.with(connections: 8) { store, schema in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask { try await store.write { try $0.insert(Story.run(UInt64(100 + number))) } }
                    group.addTask { _ = try await store.read { try $0.revision() } }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.summaries(limit: 1000, status: .running).count } == 100)
            let count = try await PostgresServer.run(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(schema.name)'")
            #expect((2...8).contains(Int(count) ?? 0))
        }
    }

    @Test("Callers are served in the order they came")
    func inTurn() async throws {
        try await TestSchema.with(connections: 2) { store, _ in
            let (served, done) = (Served(), Door())
            try await store.write { _ in
                for number in 0..<50 {
                    store.writers.submit(
                        Ticket { _ in
                            served.add(number)
                            if number == 49 { done.open() }
                            return true
                        } refuse: { _ in
                        })
                }
            }
            try await Blocking.run { try done.pass() }
            #expect(served.numbers == Array(0..<50))
        }
    }

    @Test("Who is let in first passes all who wait")
    func first() async throws {
        try await TestSchema.with(connections: 2) { store, _ in
            let (served, isIn, mayLeave) = (Served(), Door(), Door())
            async let under: Void = store.write { _ in
                isIn.open()
                try mayLeave.pass()
            }
            try await Blocking.run { try isIn.pass() }
            for number in 0..<50 {
                let ticket = Ticket { _ in
                    served.add(number)
                    return true
                } refuse: { _ in
                }
                store.writers.submit(ticket, isFirst: number == 49)
            }
            mayLeave.open()
            try await under
            try await store.write { try $0.raiseRevision() }
            #expect(served.numbers == [49] + Array(0..<49))
        }
    }

    @Test("A closed store has given its connections back, and refuses who waits and who comes later")
    func closed() async throws {
        let schema = try await TestSchema()
        let store = try await PostgresStore(url: schema.url, connections: 2)
        let closed = Refusal(.unavailable, "The store is closed.")
        let (isIn, mayLeave) = (Door(), Door())
        async let under: Void = store.write { rows in
            try rows.raiseRevision()
            isIn.open()
            try mayLeave.pass()
        }
        try await Blocking.run { try isIn.pass() }
        let served = Served()
        store.writers.submit(
            Ticket { _ in
                served.add(1)
                return true
            } refuse: { error in
                if error as? Refusal == closed { served.add(2) }
            })
        async let closing: Void = Blocking.run { try store.close() }
        try await until { !served.numbers.isEmpty }
        #expect(served.numbers == [2])
        mayLeave.open()
        try await under
        try await closing
        await #expect(throws: closed) { try await store.write { try $0.raiseRevision() } }
        await #expect(throws: closed) { try await store.read { try $0.revision() } }
        #expect(try await PostgresServer.run("SELECT value FROM revision", at: schema.url) == "1")
        await schema.drop()
    }

    @Test("A store that nobody holds any more lets go of its connections")
    func forgotten() async throws {
        let schema = try await TestSchema()
        var store: PostgresStore? = try await PostgresStore(url: schema.url)
        try await store?.write { try $0.raiseRevision() }
        store = nil
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(schema.name)'"
        try await until { try await PostgresServer.run(sql) == "0" }
        await schema.drop()
    }

    @Test("Each session has its time limits, those of the address before ours")
    func limits() async throws {
        try await TestSchema.with { store, schema in
            func setting(_ store: PostgresStore, _ name: String) async throws -> String? {
                try await store.write { rows in
                    try (rows as? Rows)?.first("SELECT current_setting($1)", name) { try $0.text() }
                }
            }
            #expect(try await setting(store, "statement_timeout") == "30s")
            #expect(try await setting(store, "TimeZone") == "UTC")
            let bare = try TestSchema.address("options=-csearch_path%3D\(schema.name)")
            let other = try await PostgresStore(
                url: bare.replacing("options=", with: "options=-cstatement_timeout%3D7s%20"))
            #expect(try await setting(other, "statement_timeout") == "7s")
            #expect(try await setting(other, "lock_timeout") == "5s")
            #expect(try await setting(other, "idle_in_transaction_session_timeout") == "3s")
            try other.close()
        }
    }

    @Test("What the server says unasked is handed on")
    func notices() async throws {
        let schema = try await TestSchema()
        let heard = Served()
        let store = try await PostgresStore(url: schema.url, onNotice: { if $0.contains("ahoy") { heard.add(1) } })
        try await store.write { try ($0 as? Rows)?.run("DO $$ BEGIN RAISE NOTICE 'ahoy'; END $$") }
        #expect(heard.numbers == [1])
        try store.close()
        await schema.drop()
    }
}

/// Numbers in the order in which somebody wrote them down.
final class Served: Sendable {
    private let written = Mutex<[Int]>([])

    var numbers: [Int] { written.withLock { $0 } }

    func add(_ number: Int) {
        written.withLock { $0.append(number) }
    }
}
