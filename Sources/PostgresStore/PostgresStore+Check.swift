import Domain

/// Looking whether the server keeps what it has said is committed.
extension PostgresStore {
    /// The names of its settings that are off, without which a power cut may cost what was answered, or the database.
    package func weaknesses() async throws -> [String] {
        try await read { rows in
            guard let rows = rows as? Rows else { return [] }
            return try rows.all(
                """
                SELECT name FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
                """
            ) { try $0.text() }
        }
    }
}
