import Domain

extension Rows: APIKeyRows {
    private static let columns =
        "id, account, label, secret_hash, sealed_webhook_secret, agents, framing, created_at"

    func insert(_ key: APIKey) throws {
        try run(
            "INSERT INTO api_keys (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            key.id, key.account, key.label, key.secretHash, key.sealedWebhookSecret, key.agents.storedJSON(),
            key.framing.rawValue, key.createdAt)
    }

    func update(_ key: APIKey) throws {
        try run(
            """
            UPDATE api_keys SET account = $2, label = $3, secret_hash = $4, sealed_webhook_secret = $5, agents = $6,
                framing = $7, created_at = $8
            WHERE id = $1
            """,
            key.id, key.account, key.label, key.secretHash, key.sealedWebhookSecret, key.agents.storedJSON(),
            key.framing.rawValue, key.createdAt)
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
        try run("DELETE FROM api_keys WHERE id = $1", id)
    }
}
