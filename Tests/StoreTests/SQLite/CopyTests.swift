import Domain
import Foundation
import Testing

@testable import SQLiteStore

@Suite("A copy of an SQLite file")
struct CopyTests {
    private func with(_ body: (Folder) async throws -> Void) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try await body(folder)
    }

    @Test("It is whole and of one moment while others write")
    func busy() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            // Each transaction holds one of both, and enough to make the copy last.
            @Sendable func add(_ number: UInt64) async throws {
                try await store.write { rows in
                    var run = Story.run(number, in: "talk \(number)")
                    run.answer = String(repeating: "word ", count: 2000)
                    try rows.insert(run)
                    try rows.touch(Story.conversation("talk \(number)"))
                }
            }
            for number in UInt64(1)...200 { try await add(number) }
            let writing = Task {
                var number: UInt64 = 200
                while !Task.isCancelled {
                    number += 1
                    try await add(number)
                }
                return Int(number)
            }
            let copy = folder.path + "/copy"
            for _ in 0..<10 {
                try SQLiteStore.copy(folder.database, to: copy)
                let copied = try SQLiteStore.examine(copy)
                #expect(copied.runs >= 200 && copied.runs == copied.conversations)
                try FileManager.default.removeItem(atPath: copy)
            }
            writing.cancel()
            let written = try await writing.value
            try SQLiteStore.copy(folder.database, to: copy)
            #expect(try SQLiteStore.examine(copy).runs == written)
        }
    }

    @Test("It is a store, in one file, with the numbers it has given")
    func store() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            try await Remembered.live(in: store)
            let copy = folder.path + "/copy.sqlite"
            try SQLiteStore.copy(folder.database, to: copy)
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
            #expect(names == ["rialto.sqlite", "rialto.sqlite-wal", "rialto.sqlite-shm", "copy.sqlite"])
            let opened = try SQLiteStore(path: copy)
            #expect(try await Remembered.of(opened) == Remembered.of(store))
            #expect(try await opened.read { try $0.numbersGiven() } == store.read { try $0.numbersGiven() })
        }
    }

    @Test("What is no database is not copied, nor one that is damaged, nor where there is no room")
    func refused() async throws {
        try await with { folder in
            let copy = folder.path + "/copy"
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: folder.database))
            #expect(throws: Refusal.self) { try SQLiteStore.copy(folder.database, to: copy) }
            try FileManager.default.removeItem(atPath: folder.database)
            let store = try SQLiteStore(path: folder.database)
            let full = #expect(throws: Refusal.self) {
                try SQLiteStore.copy(folder.database, to: copy, freeBytes: 4096)
            }
            #expect(full?.message.contains("no room") == true)
            try await store.write { rows in
                for number in UInt64(1)...400 { try rows.insert(Story.run(number)) }
            }
            try store.close()
            let file = try #require(FileHandle(forUpdatingAtPath: folder.database))
            try file.seek(toOffset: 40 * 4096)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 30 * 4096))
            try file.close()
            #expect(throws: Refusal.self) {
                try SQLiteStore.copy(folder.database, to: copy)
                _ = try SQLiteStore.examine(copy)
            }
            #expect(throws: Refusal.self, "an empty file is no copy") {
                _ = try SQLiteStore.examine(folder.path + "/nothing")
            }
        }
    }

    @Test("A frozen file is read by all and written by nobody until it is closed")
    func frozen() async throws {
        try await with { folder in
            let store = try SQLiteStore(path: folder.database)
            let other = try SQLiteStore(path: folder.database)
            try await other.write { rows in _ = try (rows as? Rows)?.run("PRAGMA busy_timeout = 0") }
            try store.freeze()
            let refusal = await #expect(throws: Refusal.self) { try await other.write { try $0.raiseRevision() } }
            #expect(refusal?.message.contains("held by another process") == true)
            for reader in [store, other] { #expect(try await reader.read { try $0.revision() } == 0) }
            try store.close()
            try await other.write { try $0.raiseRevision() }
        }
    }
}
