import Domain
import Foundation
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Groups of writes that share a commit")
struct GroupTests {
    /// What the callers of a group were told, by name.
    private final class Board: Sendable {
        let told = Mutex<[String: String]>([:])

        func ticket(_ name: String, _ work: @escaping @Sendable (Rows) throws -> Void) -> Ticket {
            Ticket(
                attempt: { rows in
                    try work(rows)
                    return { self.told.withLock { $0[name] = "done" } }
                },
                refuse: { error in
                    self.told.withLock { $0[name] = (error as? Refusal)?.reason.rawValue ?? "own error" }
                })
        }
    }

    private static let backends = [Backend.inMemory, Backend.onDisk]

    /// Writes these as one group: they come in while the writer is busy with another.
    private func write(_ tickets: [Ticket], to store: SQLiteStore) async throws {
        try await store.write { _ in tickets.forEach(store.writer.enqueue) }
        try await store.write { _ in }
    }

    private func with(_ backend: Backend, _ body: (SQLiteStore) async throws -> Void) async throws {
        try await backend.with { store in try await body(#require(store as? SQLiteStore)) }
    }

    @Test("One commit carries them all, with a savepoint for each", arguments: backends)
    func statements(_ backend: Backend) async throws {
        try await with(backend) { store in
            let board = Board()
            let tickets = (0..<50).map { number in board.ticket("\(number)") { try $0.raiseRevision() } }
            let before = store.statementCount
            try await write(tickets, to: store)
            #expect(board.told.withLock { $0.values.filter { $0 == "done" }.count } == 50)
            // Three for each of the fifty, BEGIN and COMMIT for all; the two writes around them may be among them.
            #expect((150...160).contains(store.statementCount - before))
        }
    }

    @Test("The error of one undoes only its own", arguments: backends)
    func oneError(_ backend: Backend) async throws {
        try await with(backend) { store in
            let board = Board()
            try await write(
                [
                    board.ticket("before") { try $0.raiseRevision() },
                    board.ticket("regrets") { rows in
                        try rows.insert(Story.harbour)
                        throw CancellationError()
                    },
                    board.ticket("repeats") { rows in
                        try rows.insert(Story.bakery)
                        try rows.insert(Story.bakery)
                    },
                    board.ticket("after") { try $0.raiseRevision() },
                ], to: store)
            #expect(
                board.told.withLock { $0 } == [
                    "before": "done", "regrets": "own error", "repeats": "own error", "after": "done",
                ])
            #expect(try await store.read { try $0.revision() } == 2)
            #expect(try await store.read { try $0.accounts() } == [])
        }
    }

    @Test("A full store fails the whole group, says so, and goes on when there is room again", arguments: backends)
    func full(_ backend: Backend) async throws {
        try await with(backend) { store in
            try await store.write { try $0.insert(Story.file(30)) }
            try await setMostPages(120, of: store)
            #expect(!store.isFailing)
            let board = Board()
            let big = board.ticket("big") { try Self.appendBig(to: $0) }
            try await write(
                [
                    board.ticket("small") { try $0.raiseRevision() }, big,
                    board.ticket("late") { try $0.raiseRevision() },
                ], to: store)
            #expect(
                board.told.withLock { $0 } == [
                    "small": "unavailable", "big": "unavailable", "late": "unavailable",
                ])
            let refusal = await #expect(throws: Refusal.self) {
                try await store.write { try Self.appendBig(to: $0) }
            }
            #expect(refusal == Refusal(.unavailable, "The store is full. Nothing of this was kept."))
            try await store.write { _ in }
            #expect(store.isFailing, "a write of nothing proves nothing")
            #expect(try await store.read { try $0.revision() } == 0)
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == [])

            try await setMostPages(100_000, of: store)
            try await write([board.ticket("small") { try $0.raiseRevision() }, big], to: store)
            #expect(board.told.withLock { $0 } == ["small": "done", "big": "done", "late": "unavailable"])
            #expect(!store.isFailing)
            #expect(try await store.read { try $0.revision() } == 1)
            #expect(try await store.read { try $0.bytes(of: Story.id(30)).count } == 1 << 20)
        }
    }

    private static func appendBig(to rows: any Transaction) throws {
        try rows.append(chunk: Array(repeating: 7, count: 1 << 20), number: 0, to: Story.id(30))
    }

    private func setMostPages(_ count: Int, of store: SQLiteStore) async throws {
        try await store.write { rows in _ = try (rows as? Rows)?.run("PRAGMA max_page_count = \(count)") }
    }

    @Test("A caller that hides a full store from us does not get half of its work kept", arguments: backends)
    func hidden(_ backend: Backend) async throws {
        try await with(backend) { store in
            try await store.write { try $0.insert(Story.file(30)) }
            try await setMostPages(120, of: store)
            let board = Board()
            try await write(
                [
                    board.ticket("hides") { rows in
                        try rows.raiseRevision()
                        try? Self.appendBig(to: rows)
                    },
                    board.ticket("other") { try $0.raiseRevision() },
                ], to: store)
            #expect(board.told.withLock { Set($0.values).count } == 1)
            #expect(try await [0, 2].contains(store.read { try $0.revision() }))
            #expect(try await store.read { try $0.bytes(of: Story.id(30)) } == [])
        }
    }

    @Test("While another process holds the file for too long, callers are told, and later served")
    func busy() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let server = try SQLiteStore(path: folder.database)
        let command = try SQLiteStore(path: folder.database)
        try await server.write { rows in _ = try (rows as? Rows)?.run("PRAGMA busy_timeout = 20") }
        let (isHeld, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let holding: Void = command.write { rows in
            try rows.raiseRevision()
            isHeld.signal()
            mayEnd.wait()
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                isHeld.wait()
                continuation.resume()
            }
        }
        let refusal = await #expect(throws: Refusal.self) { try await server.write { try $0.raiseRevision() } }
        #expect(refusal?.reason == .unavailable)
        #expect(try await server.read { try $0.revision() } == 0)
        mayEnd.signal()
        try await holding
        try await server.write { try $0.raiseRevision() }
        #expect(try await server.read { try $0.revision() } == 2)
    }

    @Test("The operator is told what the storage said, and others may write")
    func told() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let causes = Mutex<[String]>([])
        let store = try SQLiteStore(path: folder.database) { cause in causes.withLock { $0.append(cause) } }
        try await store.write { try $0.insert(Story.file(30)) }
        try await setMostPages(1, of: store)
        await #expect(throws: Refusal.self) {
            try await store.write { try Self.appendBig(to: $0) }
        }
        #expect(causes.withLock { $0.first?.contains("full") == true })
        // Nothing of the failed commit holds the file any longer.
        try await SQLiteStore(path: folder.database).write { try $0.raiseRevision() }
    }

    @Test("A row that this version cannot read is refused, not a crash", arguments: backends)
    func strange(_ backend: Backend) async throws {
        try await with(backend) { store in
            try await store.write { rows in
                try rows.insert(Story.run(10))
                try rows.append([(Story.id(10), Story.event(0, .started))])
                _ = try rows.insert(Story.pilot)
            }
            for sql in [
                "UPDATE runs SET status = 'pondering'", "UPDATE runs SET question = '{'",
                "UPDATE runs SET finish_reason = 'bored', status = 'finished'",
                "UPDATE run_events SET kind = 77", "UPDATE run_events SET kind = 3, body = 'x'",
                "UPDATE agents SET fallback = 'none'", "UPDATE agents SET account = x'00'",
            ] {
                let refusal = await #expect(throws: Refusal.self) {
                    try await store.write { rows in
                        _ = try (rows as? Rows)?.run(sql)
                        _ = try (rows.run(id: Story.id(10)), rows.agents())
                        _ = try rows.events(of: Story.id(10), after: -1, limit: 9)
                    }
                }
                #expect(refusal?.reason == .unsupported, "\(sql)")
            }
            #expect(try await store.read { try $0.run(id: Story.id(10)) } == Story.run(10))
        }
    }
}
