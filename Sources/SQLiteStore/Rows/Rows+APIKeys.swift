import Domain

extension Rows: APIKeyRows {
    private static let columns =
        "id, account, label, secret_hash, sealed_webhook_secret, agents, framing, created_at"

    func insert(_ key: APIKey) throws {
        try run(
            "INSERT INTO api_keys (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            key.id, key.account, key.label, key.secretHash, key.sealedWebhookSecret, key.agents.storedJSON(),
            key.framing.rawValue, key.createdAt)
    }

    func update(_ key: APIKey) throws {
        try run(
            """
            UPDATE api_keys SET account = ?, label = ?, secret_hash = ?, sealed_webhook_secret = ?, agents = ?,
                framing = ?, created_at = ?
            WHERE id = ?
            """,
            key.account, key.label, key.secretHash, key.sealedWebhookSecret, key.agents.storedJSON(),
            key.framing.rawValue,
            key.createdAt, key.id)
    }

    func apiKeys() throws -> [APIKey] {
        try all("SELECT \(Self.columns) FROM api_keys ORDER BY created_at, id") { row in
            APIKey(
                id: try row.id(), account: try row.id(), label: try row.text(), secretHash: try row.blob(),
                sealedWebhookSecret: try row.blob(), agents: try row.json(), framing: try row.word(),
                createdAt: try row.moment())
        }
    }

    func removeAPIKey(id: ID) throws {
        try run("DELETE FROM api_keys WHERE id = ?", id)
    }
}
