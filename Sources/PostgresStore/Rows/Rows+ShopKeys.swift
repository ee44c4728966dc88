import Domain

extension Rows: ShopKeyRows {
    private static let agentColumns = """
        id, account, agent, secret_hash, old_secret_hash, old_secret_until, scopes, is_test, created_at, revoked_at,
            last_used_at
        """
    private static let ownerColumns = "id, account, label, secret_hash, created_at, revoked_at"

    /// A use that was noted meanwhile stays.
    func put(_ key: AgentKey) throws {
        try run(
            """
            INSERT INTO agent_keys (\(Self.agentColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (id) DO UPDATE SET account = excluded.account, agent = excluded.agent,
                secret_hash = excluded.secret_hash, old_secret_hash = excluded.old_secret_hash,
                old_secret_until = excluded.old_secret_until, scopes = excluded.scopes, is_test = excluded.is_test,
                created_at = excluded.created_at, revoked_at = excluded.revoked_at,
                last_used_at = greatest(excluded.last_used_at, agent_keys.last_used_at)
            """,
            key.id, key.account, key.agent, key.secretHash, key.oldSecretHash, key.oldSecretUntil,
            key.scopes.storedJSON(), key.isTest, key.createdAt, key.revokedAt, key.lastUsedAt)
    }

    func agentKeys() throws -> [AgentKey] {
        try all("SELECT \(Self.agentColumns) FROM agent_keys ORDER BY created_at, id") { row in
            let (id, account, agent) = (try row.id(), try row.id(), try row.text())
            let hash = try row.blob()
            let oldHash = try row.optional { try $0.blob() }
            let oldUntil = try row.optional { try $0.moment() }
            var key = AgentKey(
                id: id, account: account, agent: agent, secretHash: hash, scopes: try row.json(),
                isTest: try row.flag(), createdAt: try row.moment())
            key.oldSecretHash = oldHash
            key.oldSecretUntil = oldUntil
            key.revokedAt = try row.optional { try $0.moment() }
            key.lastUsedAt = try row.optional { try $0.moment() }
            return key
        }
    }

    func put(_ key: OwnerKey) throws {
        try run(
            """
            INSERT INTO owner_keys (\(Self.ownerColumns)) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET account = excluded.account, label = excluded.label,
                secret_hash = excluded.secret_hash, created_at = excluded.created_at, revoked_at = excluded.revoked_at
            """,
            key.id, key.account, key.label, key.secretHash, key.createdAt, key.revokedAt)
    }

    func ownerKeys() throws -> [OwnerKey] {
        try all("SELECT \(Self.ownerColumns) FROM owner_keys ORDER BY created_at, id") { row in
            var key = OwnerKey(
                id: try row.id(), account: try row.id(), label: try row.text(), secretHash: try row.blob(),
                createdAt: try row.moment())
            key.revokedAt = try row.optional { try $0.moment() }
            return key
        }
    }

    func noteUse(ofAgentKey id: ID, at moment: Timestamp) throws {
        try run(
            "UPDATE agent_keys SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at < $2, true)", id, moment)
    }
}
