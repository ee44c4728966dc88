package import Domain

extension PostgresStore: MoveTarget {
    package func move<Answer: Sendable>(
        _ work: @escaping @Sendable (any MoveRows) throws -> Answer
    ) async throws -> Answer {
        try await write { rows in
            guard let rows = rows as? Rows else { throw StorageFault.closed }
            return try work(rows)
        }
    }
}

extension Schema {
    /// - Throws: `conflict` where a move has begun and not ended: what is there is not all.
    static func mustBeWhole(_ connection: Connection) throws {
        let marks = try connection.script(
            """
            SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '\(Move.tableName)'
            """)
        guard marks.number == 0 else {
            throw Refusal(
                .conflict, "Data is being moved into this store: run `rialto migrate` again until it has finished.")
        }
    }
}
