package import Ledger

/// What becomes of keys after they were made.
extension RouterKeys {
    /// What is to be different; nil leaves a setting as it is, and a value of nil takes it away.
    package struct Changes: Sendable {
        package var name: String?
        package var isDisabled: Bool?
        package var limit: Money??
        package var limitReset: RouterKey.Reset??
        package var expiresAt: Timestamp??
        package var allowedModels: [String]??
        package var requestsPerMinute: Int??
        package var tokensPerMinute: Int??

        package init() {}
    }

    /// - Throws: as `create`, and `conflict` for a key that was revoked.
    package func update(_ id: ID, _ changes: Changes, for buyer: Buyer) async throws -> RouterKey {
        let rules = rules
        return try await change(id, for: buyer, "router_key.updated") { key, rows, now in
            let before = key
            key.take(changes)
            try key.check(at: now, before: before)
            try key.narrow(by: rules(buyer, rows), before: before)
            if key.limit != before.limit { key.limitChanges += 1 }
        }
    }

    /// New letters under the same id. The old ones are honoured for a while, unless they are known to somebody else:
    /// then for no second more.
    package func rotate(
        _ id: ID, overlapSeconds: Int = overlapSeconds, for buyer: Buyer, key idempotency: IdempotencyKey? = nil
    ) async throws -> Made {
        let (attempt, secret) = (world.newID(), Secret.mint(world))
        let claim = idempotency?.claim(by: buyer.principal, for: attempt, at: world.now())
        let until = world.now().adding(seconds: overlapSeconds)
        return try await write(buyer.account) { books, rows in
            let letters = RouterKey.Letters(id: id, secret: secret).text
            var key = try Self.key(id, for: buyer, in: rows)
            if let standing = try rows.standing(claim) {
                return Made(key: key, letters: standing.subject == attempt ? letters : nil)
            }
            try key.mustStand()
            key.oldSecretHash = overlapSeconds > 0 ? key.secretHash : nil
            key.oldSecretUntil = overlapSeconds > 0 ? until : nil
            key.secretHash = Secret.hash(secret)
            books.tell("router_key.rotated", of: key.service, by: buyer.actor, key.named)
            return Made(key: try rows.update(key), letters: letters)
        }
    }

    /// For good. Answers that are under way are paid when they end.
    package func revoke(_ id: ID, for buyer: Buyer) async throws -> RouterKey {
        let known = try await key(id, for: buyer)
        guard known.revokedAt == nil else { return known }
        return try await change(id, for: buyer, "router_key.revoked") { key, _, now in key.revokedAt = now }
    }

    private func change(
        _ id: ID, for buyer: Buyer, _ event: String,
        _ work: @escaping @Sendable (inout RouterKey, any Transaction, Timestamp) throws -> Void
    ) async throws -> RouterKey {
        let now = world.now()
        return try await write(buyer.account) { books, rows in
            var key = try Self.key(id, for: buyer, in: rows)
            try key.mustStand()
            try work(&key, rows, now)
            books.tell(event, of: key.service, by: buyer.actor, key.named)
            return try rows.update(key)
        }
    }
}

extension RouterKey {
    /// What events tell of it.
    var named: JSONValue { ["routerKeyId": .string(id.uuid), "label": .string(name)] }

    fileprivate mutating func take(_ changes: RouterKeys.Changes) {
        name = changes.name ?? name
        isDisabled = changes.isDisabled ?? isDisabled
        limit = changes.limit ?? limit
        limitReset = changes.limitReset ?? limitReset
        expiresAt = changes.expiresAt ?? expiresAt
        allowedModels = changes.allowedModels ?? allowedModels
        requestsPerMinute = changes.requestsPerMinute ?? requestsPerMinute
        tokensPerMinute = changes.tokensPerMinute ?? tokensPerMinute
    }

    fileprivate func mustStand() throws(Refusal) {
        if revokedAt != nil { throw Refusal(.conflict, "The key was revoked.", code: "key_revoked") }
    }

    func mustBeUsable(at now: Timestamp) throws(Refusal) {
        if revokedAt != nil { throw Refusal(.unauthenticated, "The key was revoked.", code: "key_revoked") }
        if let expiresAt, expiresAt <= now {
            throw Refusal(.unauthenticated, "The key has expired.", code: "key_expired")
        }
        if isDisabled { throw Refusal(.forbidden, "The key is disabled.", code: "key_disabled") }
    }

    /// - Parameter before: what it was; only what is new must lie in the future.
    func check(at now: Timestamp, before: RouterKey? = nil) throws(Refusal) {
        guard !name.isEmpty, name.utf8.count <= RouterKeys.longestName else {
            throw .invalid("label", "A label has 1 to \(RouterKeys.longestName) bytes.")
        }
        if let limit, limit <= .zero { throw .invalid("limitUsd", "A limit is more than 0 dollars.") }
        if limitReset != nil, limit == nil { throw .invalid("limitReset", "Only a limit can be whole again.") }
        if let expiresAt, expiresAt <= now, expiresAt != before?.expiresAt {
            throw .invalid("expiresAt", "A key expires in the future.")
        }
        if let models = allowedModels, models.isEmpty || models.count > RouterKeys.mostModels {
            throw .invalid("allowedModels", "allowedModels are 1 to \(RouterKeys.mostModels) names of models.")
        }
        for (field, rate) in [("rpm", requestsPerMinute), ("tpm", tokensPerMinute)] {
            if let rate, !(1...1_000_000_000).contains(rate) {
                throw .invalid(field, "\(field) is a number from 1 to 1000000000.")
            }
        }
    }

    /// What a policy limits and nobody asked for is what the policy allows; what is asked for beyond it is refused.
    /// - Parameter before: what it was; what stays as it was is not asked for.
    mutating func narrow(by rules: [Policy.RouterRule], before: RouterKey? = nil) throws(Refusal) {
        for rule in rules {
            try Self.narrow(&limit, rule.maxKeyLimit, before?.limit, "limitUsd") { "\($0.dollars) dollars" }
            try Self.narrow(&requestsPerMinute, rule.requestsPerMinute, before?.requestsPerMinute, "rpm") { "\($0)" }
            try Self.narrow(&tokensPerMinute, rule.tokensPerMinute, before?.tokensPerMinute, "tpm") { "\($0)" }
            maxTokens = [maxTokens, rule.maxTokens].compactMap(\.self).min()
            guard let allowed = rule.allowedModels else { continue }
            let isAsked = allowedModels != before?.allowedModels
            if isAsked, let strange = allowedModels?.first(where: { !allowed.contains($0) }) {
                throw Self.denied("allowedModels", "The owner's policy does not allow the model “\(strange)”.")
            }
            allowedModels = allowedModels?.filter(allowed.contains) ?? allowed
        }
    }

    private static func narrow<Value: Comparable>(
        _ asked: inout Value?, _ most: Value?, _ before: Value?, _ field: String, _ words: (Value) -> String
    ) throws(Refusal) {
        guard let most else { return }
        if let value = asked, value > most, value != before {
            throw denied(field, "The owner's policy allows \(words(most)) at most.")
        }
        asked = min(asked ?? most, most)
    }

    private static func denied(_ field: String, _ message: String) -> Refusal {
        Refusal(.forbidden, message, field: field, code: "policy_denied")
    }
}
