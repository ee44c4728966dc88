import Domain

extension Rows: RetentionRows {
    func trimEvents(endedBefore moment: Timestamp, limit: Int) throws -> Int {
        try changes(Self.trimStatement, moment, max(limit, 0))
    }

    static let trimStatement = """
        WITH ended AS (
            SELECT id FROM runs WHERE floor <= last AND ended_at < $1 ORDER BY ended_at, id LIMIT $2
            FOR UPDATE SKIP LOCKED
        ), trimmed AS (DELETE FROM run_events USING ended WHERE run_events.run = ended.id)
        UPDATE runs SET floor = last + 1 FROM ended WHERE runs.id = ended.id
        """

    func removeFiles(before moment: Timestamp, incompleteBefore: Timestamp, limit: Int) throws -> Int {
        try changes(
            """
            DELETE FROM files WHERE id IN (
                SELECT id FROM files WHERE (created_at < $1 OR (NOT is_complete AND created_at < $2))
                    AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.id = files.id)
                ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
            )
            """,
            moment, incompleteBefore, max(limit, 0))
    }
}
