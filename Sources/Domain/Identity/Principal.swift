/// Who asks, after the door has recognised them.
package struct Principal: Sendable, Equatable {
    /// Unique over all kinds of callers, such as `client:mp-service-001`.
    package var id: String
    package var account: ID
    /// The agents it may use; none listed means every agent of the account.
    package var agents: [String]
    package var scopes: Set<String>

    package init(id: String, account: ID, agents: [String], scopes: Set<String>) {
        self.id = id
        self.account = account
        self.agents = agents
        self.scopes = scopes
    }

    package func mayUse(agentCode code: String) -> Bool {
        agents.isEmpty || agents.contains(code)
    }
}
