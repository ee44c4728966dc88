import Domain

extension Rows: ConversationRows {
    private static let columns = "account, id, agent, principal, created_at, updated_at, participants"

    func touch(_ conversation: Conversation) throws {
        try run(
            """
            INSERT INTO conversations (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, id) DO UPDATE SET updated_at = excluded.updated_at
            """,
            conversation.account, conversation.id, conversation.agent, conversation.principal, conversation.createdAt,
            conversation.updatedAt, conversation.participantText)
    }

    func conversation(account: ID, id: String) throws -> Conversation? {
        try first(
            "SELECT \(Self.columns) FROM conversations WHERE account = ? AND id = ?", account, id, read: Self.read)
    }

    func conversations(_ page: ConversationPage) throws -> [Conversation] {
        let (side, order) = page.newestFirst ? ("<", "DESC") : (">", "ASC")
        // No conversation lies beyond either of these.
        let end = page.newestFirst ? Timestamp(milliseconds: .max) : Timestamp(milliseconds: .min)
        return try all(
            """
            SELECT \(Self.columns) FROM conversations
            WHERE account = ? AND principal = ? AND (updated_at, id) \(side) (?, ?)
            ORDER BY updated_at \(order), id \(order) LIMIT ?
            """,
            page.account, page.principal, page.after?.updatedAt ?? end, page.after?.id ?? "", max(page.limit, 0),
            read: Self.read)
    }

    func conversations(_ page: AgentPage) throws -> (rows: [Conversation], total: Int) {
        let total = try first(
            "SELECT count(*) FROM conversations WHERE account = ? AND principal = ? AND agent = ?",
            page.account, page.principal, page.agent
        ) { try $0.count() }
        let rows = try all(
            """
            SELECT \(Self.columns) FROM conversations WHERE account = ? AND principal = ? AND agent = ?
            ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?
            """,
            page.account, page.principal, page.agent, max(page.limit, 0), max(page.offset, 0), read: Self.read)
        return (rows, total ?? 0)
    }

    func removeConversation(account: ID, id: String) throws {
        try run(
            "DELETE FROM run_events WHERE run IN (SELECT id FROM runs WHERE account = ? AND conversation = ?)",
            account, id)
        for table in ["deliveries", "callbacks"] {
            try run(
                "DELETE FROM \(table) WHERE run IN (SELECT id FROM runs WHERE account = ? AND conversation = ?)",
                account, id)
        }
        try run("DELETE FROM runs WHERE account = ? AND conversation = ?", account, id)
        try run("DELETE FROM conversations WHERE account = ? AND id = ?", account, id)
    }

    private static func read(_ row: inout Columns) throws -> Conversation {
        var conversation = Conversation(
            account: try row.id(), id: try row.text(), agent: try row.text(), principal: try row.text(),
            createdAt: try row.moment(), updatedAt: try row.moment())
        conversation.participantText = try row.text()
        return conversation
    }
}
