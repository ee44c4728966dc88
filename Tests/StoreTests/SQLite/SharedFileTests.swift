import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("One SQLite file")
struct SharedFileTests {
    private func with(_ body: (Folder) async throws -> Void) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try await body(folder)
    }

    @Test("Two stores, such as a server and the command line, write to it at once")
    func two() async throws {
        try await with { folder in
            let stores = [try SQLiteStore(path: folder.database), try SQLiteStore(path: folder.database)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask { try await stores[number % 2].write { try $0.raiseRevision() } }
                }
                try await group.waitForAll()
            }
            for store in stores { #expect(try await store.read { try $0.revision() } == 400) }
        }
    }

    @Test("What one store was told is durable, the other sees")
    func seen() async throws {
        try await with { folder in
            let server = try SQLiteStore(path: folder.database)
            let command = try SQLiteStore(path: folder.database)
            for number in UInt64(10)..<60 {
                let run = Story.run(number)
                try await command.write { try $0.insert(run) }
                #expect(try await server.read { try $0.run(id: run.id) } == run)
            }
        }
    }

    @Test("A file of the first version is brought up to date with all that is in it")
    func upgrade() async throws {
        try await with { folder in
            let queue = try DatabaseQueue(path: folder.database)
            try await queue.writeWithoutTransaction { database in
                try database.execute(sql: Migration.first.sql)
                try database.execute(sql: "PRAGMA user_version = 1")
                try database.execute(
                    sql: """
                        INSERT INTO conversations (account, id, agent, principal, created_at, updated_at)
                        VALUES (?, 'counter', 'clerk', 'client:till-001', ?, ?)
                        """,
                    arguments: [
                        Data(Story.harbour.id.bytes), Story.morning.milliseconds, Story.morning.milliseconds,
                    ])
            }
            try queue.close()
            let store = try SQLiteStore(path: folder.database)
            let found = try await store.read { try $0.conversation(account: Story.harbour.id, id: "counter") }
            #expect(found == Story.conversation("counter"))
            #expect(try await store.read { try $0.apiKeys() } == [])
        }
    }

    @Test("Many may open a new file at the same moment")
    func opening() async throws {
        for _ in 0..<10 {
            try await with { folder in
                let failures = Mutex<[String]>([])
                // Threads, because opening blocks.
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    do {
                        _ = try SQLiteStore(path: folder.database)
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
                #expect(failures.withLock { $0 } == [])
                let store = try SQLiteStore(path: folder.database)
                #expect(try await store.read { try $0.revision() } == 0)
            }
        }
    }

    @Test("What was answered is there when it is opened again")
    func reopened() async throws {
        try await with { folder in
            let run = Story.run(10)
            try await SQLiteStore(path: folder.database).write { try $0.insert(run) }
            #expect(try await SQLiteStore(path: folder.database).read { try $0.run(id: run.id) } == run)
        }
    }

    @Test("A closed store is one file, and refuses what comes later")
    func closed() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            let asked = Task { for _ in 0..<1000 { try await store.write { try $0.raiseRevision() } } }
            for _ in 0..<20 { try await store.write { try $0.raiseRevision() } }
            try store.close()
            let closed = Refusal(.unavailable, "The store is closed.")
            await #expect(throws: closed) { try await asked.value }
            await #expect(throws: closed) { try await store.read { try $0.revision() } }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["rialto.sqlite"])
            let revision = try await SQLiteStore(path: folder.database).read { try $0.revision() }
            #expect(revision >= 20)
        }
    }

    @Test("A process killed in the middle of a write leaves what was answered, and nothing of the rest")
    func killed() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            try await store.write { try $0.insert(Story.run(10)) }
            let copy = folder.path + "/copy"
            try await store.write { rows in
                try rows.insert(Story.run(11))
                try rows.insert(Story.file(30))
                // More than the cache holds, so that some of it has gone to the log already.
                let chunk = [UInt8](repeating: 7, count: StoredFile.chunkBytes)
                for number in 0..<160 { try rows.append(chunk: chunk, number: number, to: Story.id(30)) }
                try Self.copy(folder.database, to: copy)
            }
            let log = try FileManager.default.attributesOfItem(atPath: copy + "/rialto.sqlite-wal")[.size] as? Int
            #expect((log ?? 0) > 1_000_000)
            let survivor = try SQLiteStore(path: copy + "/rialto.sqlite")
            #expect(try await survivor.read { try $0.abandonedRuns(limit: 10) } == [Story.run(10)])
            #expect(try await survivor.read { try $0.file(id: Story.id(30)) } == nil)
            try await survivor.write { try $0.insert(Story.run(12)) }
            #expect(try await store.read { try $0.abandonedRuns(limit: 10).count } == 2)
        }
    }

    /// As a kill leaves the files; by another process, because closing a file here would drop the locks on it.
    private static func copy(_ database: String, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let copying = Process()
        copying.executableURL = URL(fileURLWithPath: "/bin/cp")
        copying.arguments = [database, database + "-wal", folder]
        try copying.run()
        copying.waitUntilExit()
    }

    @Test("It is for its owner only, with its log")
    func mode() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            try await store.write { try $0.raiseRevision() }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
        }
    }

    @Test("One that a newer version wrote is refused")
    func newer() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            try await store.write { rows in _ = try (rows as? Rows)?.run("PRAGMA user_version = 999") }
            let refusal = #expect(throws: Refusal.self) { _ = try SQLiteStore(path: folder.database) }
            #expect(refusal?.reason == .unsupported)
            #expect(refusal?.message.contains("newer version") == true)
        }
    }

    @Test("What is no database, or cannot be opened, is refused in words")
    func noDatabase() async throws {
        try await with { folder in
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: folder.database))
            let refusal = #expect(throws: Refusal.self) { _ = try SQLiteStore(path: folder.database) }
            #expect(refusal?.reason == .unsupported)
            let missing = #expect(throws: Refusal.self) { _ = try SQLiteStore(path: folder.path + "/no/such.sqlite") }
            #expect(missing?.reason == .unavailable)
        }
    }
}
