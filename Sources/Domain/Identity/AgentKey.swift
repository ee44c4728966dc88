/// A key with which an agent buys: `ask_live_<id>.<secret>`, or `ask_test_…` for play.
package struct AgentKey: Sendable, Equatable {
    package var id: ID
    package var account: ID
    /// What the owner calls the agent; policies may be set for it, over all of its keys.
    package var agent: String
    /// SHA-256 of the secret.
    package var secretHash: [UInt8]
    /// The one before the last rotation, honoured until a moment.
    package var oldSecretHash: [UInt8]?
    package var oldSecretUntil: Timestamp?
    package var scopes: [String]
    package var isTest: Bool
    package var createdAt: Timestamp
    package var revokedAt: Timestamp?
    package var lastUsedAt: Timestamp?

    package init(
        id: ID, account: ID, agent: String, secretHash: [UInt8], scopes: [String], isTest: Bool, createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.agent = agent
        self.secretHash = secretHash
        self.scopes = scopes
        self.isTest = isTest
        self.createdAt = createdAt
    }

    package var buyer: Buyer {
        Buyer(account: account, role: .agent(label: agent, key: id), scopes: Set(scopes), isTest: isTest)
    }
}

/// A key with which an owner rules an account's shop: `own_<id>.<secret>`.
package struct OwnerKey: Sendable, Equatable {
    package var id: ID
    package var account: ID
    package var label: String
    /// SHA-256 of the secret.
    package var secretHash: [UInt8]
    package var createdAt: Timestamp
    package var revokedAt: Timestamp?

    package init(id: ID, account: ID, label: String, secretHash: [UInt8], createdAt: Timestamp) {
        self.id = id
        self.account = account
        self.label = label
        self.secretHash = secretHash
        self.createdAt = createdAt
    }

    package var buyer: Buyer {
        Buyer(account: account, role: .owner(key: id), scopes: Set(Capability.all), isTest: false)
    }
}
