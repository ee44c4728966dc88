import Domain
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// How connections to the database are set up.
enum Connection {
    enum Role { case writer, reader, memory }

    static let readerCount = 4
    /// Other processes, such as the command line, write to the same file.
    static let busySeconds = 5.0

    static func open(_ role: Role, path: String, count: StatementCount) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "rialto.sqlite.\(role)"
        configuration.readonly = role == .reader
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busySeconds)
        // `GroupWriter` and `Rows.view` see to it that none stays open; GRDB would end the process over one.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            // Statements are stepped without GRDB, so its bookkeeping of transactions would go astray.
            sqlite3_commit_hook(database.sqliteConnection, nil, nil)
            sqlite3_rollback_hook(database.sqliteConnection, nil, nil)
            try database.execute(sql: pragmas(for: role))
            database.trace { _ in count.add() }
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Cache sizes are in KiB, and an upper bound: memory is taken as it is used.
    private static func pragmas(for role: Role) -> String {
        switch role {
        case .reader: "PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY"
        case .memory: "PRAGMA temp_store = MEMORY"
        case .writer:
            """
            PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;
            PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864
            """
        }
    }

    /// Write-ahead log, then tables. The file is for its owner only: the log and its index take its mode.
    static func prepareFile(of connection: DatabaseQueue, path: String) throws {
        try connection.writeWithoutTransaction { database in
            let rows = Rows(database)
            if try Schema.version(rows) == 0 {
                try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            }
            try enterWriteAheadLog(rows, until: Date(timeIntervalSinceNow: busySeconds))
            try Schema.bringUpToDate(rows)
        }
    }

    /// SQLite does not always wait for the lock that this takes, so ask again while somebody else has it.
    private static func enterWriteAheadLog(_ rows: Rows, until end: Date) throws {
        while true {
            do {
                let mode = try rows.first("PRAGMA journal_mode = WAL") { try $0.text() }
                guard mode == "wal" else {
                    throw Refusal(.unsupported, "This file system cannot hold the store: it has no write-ahead log.")
                }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }
}

/// How many statements all connections of a store have run.
final class StatementCount: Sendable {
    private let total = Atomic<Int64>(0)

    var value: Int64 { total.load(ordering: .relaxed) }

    func add() {
        total.wrappingAdd(1, ordering: .relaxed)
    }
}
