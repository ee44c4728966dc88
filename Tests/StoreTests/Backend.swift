import Domain
import Foundation
import SQLiteStore
import Testing

@testable import PostgresStore

/// A kind of store that the exercise is run against.
struct Backend: Sendable, CustomTestStringConvertible {
    let name: String
    /// A new, empty store, and how to throw it away.
    let make: @Sendable () async throws -> (store: any Store, discard: @Sendable () async -> Void)

    static let all = [inMemory, onDisk, postgres]

    static let inMemory = Backend(name: "SQLite in memory") { (try SQLiteStore(inMemory: ()), {}) }

    static let onDisk = Backend(name: "SQLite on disk") {
        let folder = try Folder()
        return (try SQLiteStore(path: folder.database), { folder.remove() })
    }

    static let postgres = Backend(name: "PostgreSQL") {
        let schema = try await TestSchema()
        let store = try await PostgresStore(url: schema.url)
        return (
            store,
            {
                try? await Blocking.run { try store.close() }
                await schema.drop()
            }
        )
    }

    var testDescription: String { name }

    func with(_ body: (any Store) async throws -> Void) async throws {
        let (store, discard) = try await make()
        do {
            try await body(store)
        } catch {
            await discard()
            throw error
        }
        await discard()
    }
}

/// A folder of its own for one test.
struct Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "rialto-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var database: String { path + "/rialto.sqlite" }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
