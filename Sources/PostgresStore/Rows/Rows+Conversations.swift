import Domain

extension Rows: ConversationRows {
    private static let columns = "account, id, agent, principal, created_at, updated_at, participants"

    func touch(_ conversation: Conversation) throws {
        try run(
            """
            INSERT INTO conversations (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (account, id) DO UPDATE
            SET updated_at = greatest(conversations.updated_at, excluded.updated_at)
            """,
            conversation.account, conversation.id, conversation.agent, conversation.principal, conversation.createdAt,
            conversation.updatedAt, conversation.participantText)
    }

    func conversation(account: ID, id: String) throws -> Conversation? {
        try first(
            "SELECT \(Self.columns) FROM conversations WHERE account = $1 AND id = $2", account, id, read: Self.read)
    }

    func conversations(_ page: ConversationPage) throws -> [Conversation] {
        let (side, order) = page.newestFirst ? ("<", "DESC") : (">", "ASC")
        // No conversation lies beyond either of these.
        let end = page.newestFirst ? Timestamp(milliseconds: .max) : Timestamp(milliseconds: .min)
        return try all(
            """
            SELECT \(Self.columns) FROM conversations
            WHERE account = $1 AND principal = $2 AND (updated_at, id) \(side) ($3, $4)
            ORDER BY updated_at \(order), id \(order) LIMIT $5
            """,
            page.account, page.principal, page.after?.updatedAt ?? end, page.after?.id ?? "", max(page.limit, 0),
            read: Self.read)
    }

    func conversations(_ page: AgentPage) throws -> (rows: [Conversation], total: Int) {
        let total = try first(
            "SELECT count(*) FROM conversations WHERE account = $1 AND principal = $2 AND agent = $3",
            page.account, page.principal, page.agent
        ) { try $0.count() }
        let rows = try all(
            """
            SELECT \(Self.columns) FROM conversations WHERE account = $1 AND principal = $2 AND agent = $3
            ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5
            """,
            page.account, page.principal, page.agent, max(page.limit, 0), max(page.offset, 0), read: Self.read)
        return (rows, total ?? 0)
    }

    func removeConversation(account: ID, id: String) throws {
        try run(
            """
            WITH gone AS (
                SELECT id FROM runs WHERE account = $1 AND conversation = $2 ORDER BY id FOR UPDATE
            ), forgotten AS (DELETE FROM run_events USING gone WHERE run_events.run = gone.id),
                untold AS (DELETE FROM callbacks USING gone WHERE callbacks.run = gone.id),
                undelivered AS (DELETE FROM deliveries USING gone WHERE deliveries.run = gone.id)
            DELETE FROM runs USING gone WHERE runs.id = gone.id
            """,
            account, id)
        try run("DELETE FROM conversations WHERE account = $1 AND id = $2", account, id)
    }

    private static func read(_ row: inout Columns) throws -> Conversation {
        var conversation = Conversation(
            account: try row.id(), id: try row.text(), agent: try row.text(), principal: try row.text(),
            createdAt: try row.moment(), updatedAt: try row.moment())
        conversation.participantText = try row.text()
        return conversation
    }
}
