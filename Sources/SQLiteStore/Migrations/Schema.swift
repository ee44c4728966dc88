import Domain
import GRDB

/// One step of the tables' history; steps are never changed once released, and go forward only.
struct Migration: Sendable {
    let number: Int
    let sql: String
}

/// The tables, and how a file gets the newest ones.
enum Schema {
    static let migrations: [Migration] = [.first, .rooms, .requests, .knowledge, .shop]

    static var newest: Int { migrations.last?.number ?? 0 }

    static func version(_ rows: Rows) throws -> Int {
        try rows.first("PRAGMA user_version") { try $0.count() } ?? 0
    }

    /// Two processes may do this at once: the second waits, and then finds nothing left to do.
    /// - Throws: `unsupported` where a newer version has been at work.
    static func bringUpToDate(_ rows: Rows) throws {
        if try check(version(rows)) == newest { return }
        try rows.begin()
        do {
            let version = try check(version(rows))
            for migration in migrations where migration.number > version {
                try rows.database.execute(sql: migration.sql)
                try rows.database.execute(sql: "PRAGMA user_version = \(migration.number)")
            }
            try rows.run("COMMIT")
        } catch {
            rows.undo()
            throw error
        }
    }

    private static func check(_ version: Int) throws(Refusal) -> Int {
        guard version <= newest else {
            throw Refusal(
                .unsupported,
                "The store was written by a newer version: its tables are at \(version), this one knows \(newest).")
        }
        return version
    }
}
