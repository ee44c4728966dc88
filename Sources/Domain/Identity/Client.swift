/// A program that may ask, known by an id and a secret.
package struct Client: Sendable, Equatable {
    /// Whose token endpoint the client was made for.
    package enum Edition: String, Sendable, CaseIterable {
        case marketplace, saas, stackspot
    }

    package var id: String
    package var edition: Edition
    package var account: ID
    /// SHA-256 of the secret: enough to recognise it.
    package var secretHash: [UInt8]
    /// The agents it may use, the first one by default; none listed means every agent of its account.
    package var agents: [String]
    package var scopes: [String]
    /// Where it gets its tokens, in StackSpot's API.
    package var realm: String?
    /// Whose personal access token it is.
    package var user: String?
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

    /// Who asks with its tokens: a person stays the same with every new token.
    package var principalID: String {
        user.map { "user:\(realm ?? "")/\($0)" } ?? "client:\(id)"
    }

    package func mayUse(agent: Agent) -> Bool {
        agents.isEmpty ? agent.account == account : agents.contains(agent.code)
    }
}
