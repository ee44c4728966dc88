import CPostgres
import Domain

/// One step of the tables' history; steps are never changed once released, and go forward only.
struct Migration: Sendable {
    let number: Int
    let sql: String
}

/// The tables of the connection's schema, and how it gets the newest ones.
enum Schema {
    static let migrations: [Migration] = [.first, .rooms, .requests, .knowledge, .shop]

    static var newest: Int { migrations.last?.number ?? 0 }

    /// Many servers may do this at once: each waits for the one before, and then finds less to do.
    /// - Returns: the name of the channel for notices, which is the schema's own.
    /// - Throws: `unsupported` where a newer version has been at work.
    static func bringUpToDate(_ connection: Connection) throws -> String {
        let number = try connection.script("SELECT coalesce(current_schema()::regnamespace::oid::int, 0)").number
        guard number != 0 else {
            throw Refusal(.unsupported, "The store's search_path names no schema that exists in the database.")
        }
        while try step(connection, schema: number) {}
        return "rialto_\(number)"
    }

    /// - Returns: whether there may be more to do.
    private static func step(_ connection: Connection, schema: Int) throws -> Bool {
        let version = try check(version(connection))
        guard version < newest else { return false }
        try connection.script("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        do {
            try connection.script("SELECT pg_advisory_xact_lock(\(lock), \(schema))")
            let version = try check(self.version(connection))
            if let next = migrations.first(where: { $0.number > version }) {
                try connection.script(
                    """
                    CREATE TABLE IF NOT EXISTS rialto_migrations (
                        number bigint PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now()
                    );
                    \(next.sql);
                    INSERT INTO rialto_migrations (number) VALUES (\(next.number))
                    """)
            }
            try connection.script("COMMIT")
        } catch {
            _ = try? connection.script("ROLLBACK")
            throw error
        }
        return true
    }

    /// Tells this lock from those of other programs on the same database.
    private static let lock = 0x5269_616C

    static func version(_ connection: Connection) throws -> Int {
        // Only the first schema of the path counts: that is where tables are made.
        let isThere = try connection.script(
            """
            SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'rialto_migrations'
            """)
        guard isThere.number == 1 else { return 0 }
        return try connection.script("SELECT coalesce(max(number), 0) FROM rialto_migrations").number
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

extension Answer {
    /// The only value there is, in letters.
    var only: String { rowCount > 0 ? PQgetvalue(result, 0, 0).map { String(cString: $0) } ?? "" : "" }

    var number: Int { Int(only) ?? 0 }
}
