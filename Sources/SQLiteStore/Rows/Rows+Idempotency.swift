import Domain

extension Rows: IdempotencyRows {
    func claim(_ claim: IdempotencyClaim) throws -> IdempotencyClaim? {
        let added = try run(
            """
            INSERT INTO idempotency_claims (principal, path, key, fingerprint, subject, created_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            claim.principal, claim.path, claim.key, claim.fingerprint, claim.subject, claim.createdAt)
        if added == 1 { return nil }
        return try first(
            """
            SELECT principal, path, key, fingerprint, subject, created_at FROM idempotency_claims
            WHERE principal = ? AND path = ? AND key = ?
            """,
            claim.principal, claim.path, claim.key
        ) { row in
            IdempotencyClaim(
                principal: try row.text(), path: try row.text(), key: try row.text(), fingerprint: try row.blob(),
                subject: try row.id(), createdAt: try row.moment())
        }
    }

    func subject(ofKey key: String, principal: String, path: String) throws -> ID? {
        try first(
            "SELECT subject FROM idempotency_claims WHERE principal = ? AND path = ? AND key = ?", principal, path, key
        ) { try $0.id() }
    }

    func forgetClaims(before moment: Timestamp, limit: Int) throws -> Int {
        try run(Self.forgetStatement, moment, max(limit, 0))
    }

    static let forgetStatement = """
        DELETE FROM idempotency_claims WHERE (principal, path, key) IN (
            SELECT principal, path, key FROM idempotency_claims
            WHERE created_at < ? AND substr(path, 1, 5) <> 'shop/' ORDER BY created_at LIMIT ?)
        """
}
