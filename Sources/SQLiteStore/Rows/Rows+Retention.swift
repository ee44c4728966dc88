import Domain

extension Rows: RetentionRows {
    private static let endedRuns = """
        SELECT id FROM runs WHERE floor <= last AND ended_at < ? ORDER BY ended_at, id LIMIT ?
        """

    func trimEvents(endedBefore moment: Timestamp, limit: Int) throws -> Int {
        let limit = max(limit, 0)
        try run("DELETE FROM run_events WHERE run IN (\(Self.endedRuns))", moment, limit)
        return try run("UPDATE runs SET floor = last + 1 WHERE id IN (\(Self.endedRuns))", moment, limit)
    }

    func removeFiles(before moment: Timestamp, incompleteBefore: Timestamp, limit: Int) throws -> Int {
        let files = try all(
            """
            SELECT id FROM files WHERE (created_at < ? OR (is_complete = 0 AND created_at < ?))
                AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.id = files.id) LIMIT ?
            """,
            moment, incompleteBefore, max(limit, 0)
        ) { try $0.id() }
        for file in files { try removeFile(id: file) }
        return files.count
    }
}
