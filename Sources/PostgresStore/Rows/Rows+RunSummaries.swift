import Domain

extension Rows: RunSummaryRows {
    private static let columns = """
        id, account, agent, conversation, principal, status, created_at, ended_at, floor, last, finish_reason
        """

    func summary(of run: ID) throws -> RunSummary? {
        try first("SELECT \(Self.columns) FROM runs WHERE id = $1", run, read: Self.read)
    }

    func summaries(limit: Int, status: Run.Status?) throws -> [RunSummary] {
        let statement = Self.listStatement(isByStatus: status != nil)
        guard let status else { return try all(statement, max(limit, 0), read: Self.read) }
        return try all(statement, max(limit, 0), status.rawValue, read: Self.read)
    }

    static func listStatement(isByStatus: Bool) -> String {
        "SELECT \(columns) FROM runs \(isByStatus ? "WHERE status = $2" : "") ORDER BY id DESC LIMIT $1"
    }

    private static func read(_ row: inout Columns) throws -> RunSummary {
        RunSummary(
            id: try row.id(), account: try row.id(), agent: try row.text(), conversation: try row.text(),
            principal: try row.text(), status: try row.word(), createdAt: try row.moment(),
            endedAt: try row.optional { try $0.moment() }, floor: try row.integer(),
            last: try row.optional { try $0.integer() }, finishReason: try row.optional { try $0.word() })
    }
}
