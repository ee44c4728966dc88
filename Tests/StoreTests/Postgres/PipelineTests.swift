import Domain
import Testing

@testable import PostgresStore

@Suite("Transactions as pipelines")
struct PipelineTests {
    private func statements(_ store: PostgresStore, of work: () async throws -> Void) async throws -> Int64 {
        let before = store.statementCount
        try await work()
        return store.statementCount - before
    }

    @Test("What needs no answer on its way costs its own statements, and no BEGIN")
    func few() async throws {
        try await TestSchema.with { store, _ in
            let lease = try await store.write { try $0.takeLease(seconds: 60) }
            let run = Story.run(10)
            let start = try await statements(store) {
                try await store.write { rows in
                    let known = try rows.conversation(account: run.account, id: run.conversation)
                    #expect(known == nil)
                    #expect(try rows.holdsLease(lease))
                    #expect(try rows.claim(Story.claim("order-7")) == nil)
                    try rows.touch(Story.conversation(run.conversation))
                    try rows.insert(run)
                    try rows.append([(run.id, Story.event(0, .started))])
                }
            }
            #expect(start == 6)
            let end = try await statements(store) {
                try await store.write { rows in
                    #expect(try rows.holdsLease(lease))
                    try rows.append((1...64).map { (run.id, Story.event($0, .text("word"))) })
                    try rows.end(Story.finished(run, at: 20))
                }
            }
            #expect(end == 3)
            let read = try await statements(store) { _ = try await store.read { try $0.run(id: run.id) } }
            #expect(read == 1)
        }
    }

    @Test("Work that gives up before anything was needed costs nothing at all")
    func none() async throws {
        try await TestSchema.with { store, _ in
            let count = try await statements(store) {
                await #expect(throws: CancellationError.self) {
                    try await store.write { rows in
                        try rows.raiseRevision()
                        throw CancellationError()
                    }
                }
            }
            #expect(count == 0)
        }
    }

    @Test("An answer that is needed while locks are held is had within BEGIN and COMMIT")
    func begun() async throws {
        try await TestSchema.with { store, _ in
            let count = try await statements(store) {
                let seen = try await store.write { rows in
                    try rows.raiseRevision()
                    let seen = try rows.revision()
                    try rows.raiseRevision()
                    return seen
                }
                #expect(seen == 1)
            }
            #expect(count == 5)
            #expect(try await store.read { try $0.revision() } == 2)
        }
    }

    @Test("A transaction that has begun is undone whole")
    func undone() async throws {
        try await TestSchema.with { store, _ in
            await #expect(throws: CancellationError.self) {
                try await store.write { rows in
                    try rows.raiseRevision()
                    _ = try rows.revision()
                    try rows.insert(Story.harbour)
                    throw CancellationError()
                }
            }
            let (revision, accounts) = try await store.read { (try $0.revision(), try $0.accounts()) }
            #expect(revision == 0)
            #expect(accounts == [])
        }
    }

    @Test("Trust that was wrong is not acted on: the work is told what is so", arguments: [true, false])
    func wrongGuess(givesUp: Bool) async throws {
        try await TestSchema.with { store, _ in
            let lease = try await store.write { try $0.takeLease(seconds: 60) }
            try await store.write { try $0.endLease(lease) }
            _ = try await store.write { try $0.claim(Story.claim("order-7", subject: 50)) }
            let passes = Passes()
            let (holds, standing) = try await store.write { rows in
                let pass = passes.begin()
                let holds = try rows.holdsLease(lease)
                let standing = try rows.claim(Story.claim("order-7", subject: 51))
                // Nothing has been put to the test when it does.
                if givesUp, pass == 1 { throw CancellationError() }
                try rows.raiseRevision()
                return (holds, standing?.subject)
            }
            #expect(!holds)
            #expect(standing == Story.id(50))
            #expect(passes.count == 2)
            #expect(try await store.read { try $0.revision() } == 1)
        }
    }

    @Test("An error that the work hides is an error all the same")
    func hidden() async throws {
        try await TestSchema.with { store, _ in
            await #expect(throws: DatabaseFault.self) {
                try await store.write { rows in
                    try rows.raiseRevision()
                    _ = try? (rows as? Rows)?.changes("UPDATE revision SET value = value / 0")
                    try? rows.raiseRevision()
                }
            }
            await #expect(throws: DatabaseFault.self) {
                try await store.read { rows in _ = try? (rows as? Rows)?.changes("SELECT 1 / 0") }
            }
            let revision = try await store.read { try $0.revision() }
            #expect(revision == 0)
        }
    }

    @Test("More statements than may wait go out in parts, and are still one transaction")
    func many() async throws {
        try await TestSchema.with { store, _ in
            let most = Session.longestWait * 2 + 10
            await #expect(throws: CancellationError.self) {
                try await store.write { rows in
                    for _ in 0..<most { try rows.raiseRevision() }
                    throw CancellationError()
                }
            }
            #expect(try await store.read { try $0.revision() } == 0)
            try await store.write { rows in for _ in 0..<most { try rows.raiseRevision() } }
            #expect(try await store.read { try $0.revision() } == Int64(most))
        }
    }

    @Test("A connection keeps the statements prepared that were used last, and no more than it has room for")
    func shelf() async throws {
        try await TestSchema.with(connections: 2) { store, _ in
            try await store.write { rows in try (rows as? Rows)?.session.shelf = StatementShelf(room: 3) }
            for round in 0..<3 {
                for number in 0..<10 {
                    let sum = try await store.write { rows in
                        try (rows as? Rows)?.first("SELECT \(number) + $1::bigint", number) { try $0.count() }
                    }
                    #expect(sum == 2 * number, "\(round)")
                }
            }
            let kept = try await store.write { rows in
                try (rows as? Rows)?.first("SELECT count(*) FROM pg_prepared_statements") { try $0.count() }
            }
            #expect((1...3).contains(kept ?? 0))
        }
    }

    @Test("A statement that could not be prepared is prepared when it can")
    func again() async throws {
        try await TestSchema.with(connections: 2) { store, _ in
            let sql = "INSERT INTO harbour (name) VALUES ($1)"
            // The first one cannot be understood, the second is not even looked at.
            await #expect(throws: DatabaseFault.self) {
                try await store.write { rows in
                    try (rows as? Rows)?.run(sql, "a")
                    try (rows as? Rows)?.run("UPDATE revision SET value = value + 7")
                }
            }
            try await store.write { try ($0 as? Rows)?.run("CREATE TABLE harbour (name text)") }
            try await store.write { rows in
                try (rows as? Rows)?.run(sql, "b")
                try (rows as? Rows)?.run("UPDATE revision SET value = value + 7")
            }
            #expect(try await store.read { try $0.revision() } == 7)
        }
    }
}
