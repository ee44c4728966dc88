import Domain

extension Rows: IdempotencyRows {
    func claim(_ claim: IdempotencyClaim) throws -> IdempotencyClaim? {
        guard isCautious else {
            try insert(claim)
            return nil
        }
        // Waits for one who claims the same at this moment, and then finds what they claimed.
        if let standing = try standing(claim) { return standing }
        try insert(claim)
        return nil
    }

    /// Most claims are the first of their key.
    private func insert(_ claim: IdempotencyClaim) throws {
        try run(
            """
            INSERT INTO idempotency_claims (principal, path, key, fingerprint, subject, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            claim.principal, claim.path, claim.key, claim.fingerprint, claim.subject, claim.createdAt,
            surprises: [SQLState.notUnique: .doubt])
    }

    private func standing(_ claim: IdempotencyClaim) throws -> IdempotencyClaim? {
        try first(
            """
            SELECT principal, path, key, fingerprint, subject, created_at FROM idempotency_claims
            WHERE principal = $1 AND path = $2 AND key = $3
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
            "SELECT subject FROM idempotency_claims WHERE principal = $1 AND path = $2 AND key = $3", principal, path,
            key
        ) { try $0.id() }
    }

    func forgetClaims(before moment: Timestamp, limit: Int) throws -> Int {
        try changes(Self.forgetStatement, moment, max(limit, 0))
    }

    static let forgetStatement = """
        DELETE FROM idempotency_claims WHERE (principal, path, key) IN (
            SELECT principal, path, key FROM idempotency_claims WHERE created_at < $1 AND substr(path, 1, 5) <> 'shop/'
            ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        """
}
