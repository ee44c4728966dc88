/// A program that may ask, known by an id and a secret.
package struct Client: Sendable, Equatable {
    /// Whose token endpoint the client was made for.
    package enum Edition: String, Sendable, CaseIterable {
        case marketplace, saas
    }

    package var id: String
    package var edition: Edition
    package var account: ID
    /// SHA-256 of the secret: enough to recognise it.
    package var secretHash: [UInt8]
    /// The agents it may use, the first one by default; none listed means every agent of its account.
    package var agents: [String]
    package var scopes: [String]
    package var createdAt: Timestamp

    package init(
        id: String, edition: Edition, account: ID, secretHash: [UInt8],
        agents: [String], scopes: [String], createdAt: Timestamp
    ) {
        self.id = id
        self.edition = edition
        self.account = account
        self.secretHash = secretHash
        self.agents = agents
        self.scopes = scopes
        self.createdAt = createdAt
    }

    package func mayUse(agent: Agent) -> Bool {
        agents.isEmpty ? agent.account == account : agents.contains(agent.code)
    }
}
