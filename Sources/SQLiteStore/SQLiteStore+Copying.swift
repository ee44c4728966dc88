import Domain
import GRDB

/// Copying the file while others write to it.
extension SQLiteStore {
    /// What is in a copy.
    package struct Copied: Sendable, Equatable {
        package var runs: Int
        package var conversations: Int

        package init(runs: Int, conversations: Int) {
            self.runs = runs
            self.conversations = conversations
        }
    }

    /// Copies everything that was committed when this began, what is still in the write-ahead log too, into an empty
    /// file. Writers go on meanwhile: it reads one snapshot. Blocks.
    /// - Parameter freeBytes: what the copy's disk has room for, so that it is not filled to the brim in vain.
    /// - Throws: `unavailable` where there is no room or something cannot be read or written, `unsupported` where the
    ///   file is no database, `conflict` where it is damaged.
    package static func copy(_ path: String, to copy: String, freeBytes: Int64 = .max) throws {
        do {
            // As a writer, because a log that a killed server has left must be taken up first.
            let source = try Connection.open(.writer, path: path, count: StatementCount())
            defer { try? source.close() }
            try source.writeWithoutTransaction { database in
                let rows = Rows(database)
                let bytes = try bytesInUse(rows)
                guard bytes < freeBytes else { throw noRoom(bytes, freeBytes) }
                try rows.run("VACUUM INTO ?", copy)
            }
        } catch let error as DatabaseError {
            throw refusal(copying: path, to: copy, error)
        }
    }

    /// Reads a copy through.
    package static func examine(_ copy: String) throws -> Copied {
        do {
            let file = try Connection.open(.reader, path: copy, count: StatementCount())
            defer { try? file.close() }
            return try file.read { try examine(Rows($0), copy) }
        } catch let error as DatabaseError {
            throw Refusal(.conflict, "The copy cannot be read: \(error.message ?? "\(error.resultCode)").")
        }
    }

    private static func examine(_ rows: Rows, _ path: String) throws -> Copied {
        let complaints = try rows.all("PRAGMA quick_check(5)") { try $0.text() }.filter { $0 != "ok" }
        guard complaints.isEmpty else {
            throw Refusal(.conflict, "The copy is not sound: \(complaints.joined(separator: "; ")).")
        }
        guard try Schema.version(rows) > 0 else { throw Refusal(.unsupported, "This is no store of Rialto's.") }
        func count(_ table: String) throws -> Int {
            try rows.first("SELECT count(*) FROM \(table)") { try $0.count() } ?? 0
        }
        return Copied(runs: try count("runs"), conversations: try count("conversations"))
    }

    private static func bytesInUse(_ rows: Rows) throws -> Int64 {
        try rows.first(
            """
            SELECT (page_count - freelist_count) * page_size
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size
            """
        ) { try $0.integer() } ?? 0
    }

    private static func noRoom(_ bytes: Int64, _ freeBytes: Int64) -> Refusal {
        Refusal(
            .unavailable,
            "There is no room for the copy: it needs \(bytes >> 20) MiB, and \(freeBytes >> 20) MiB are free.")
    }

    private static func refusal(copying path: String, to copy: String, _ error: DatabaseError) -> Refusal {
        switch error.resultCode {
        case .SQLITE_FULL: Refusal(.unavailable, "There is no room for the copy: \(copy) cannot grow any more.")
        case .SQLITE_CORRUPT: Refusal(.conflict, "\(path) is damaged: \(error.message ?? "it cannot be read").")
        case .SQLITE_NOTADB: Refusal(.unsupported, "\(path) is not an SQLite database.")
        case .SQLITE_IOERR:
            Refusal(.unavailable, "\(path) could not be read, or \(copy) not be written: is there room for it?")
        default: Refusal(.unavailable, "\(path) could not be copied: \(error.message ?? "\(error.resultCode)").")
        }
    }
}
