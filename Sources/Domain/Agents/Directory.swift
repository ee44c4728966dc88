import Synchronization

/// The configuration rows, held in memory and read again when their revision changes.
package final class Directory: Sendable {
    /// All of it, as of one revision.
    package struct Snapshot: Sendable {
        package var revision: Int64 = -1
        package var accounts: [ID: Account] = [:]
        /// In the order they were made.
        package var agents: [Agent] = []
        package var agentsByCode: [String: Agent] = [:]
        package var clients: [String: Client] = [:]
        package var apiKeys: [ID: APIKey] = [:]
        package var upstreams: [String: UpstreamSettings] = [:]
        /// Newest first.
        package var signingKeys: [SigningKey] = []
    }

    private let store: any Store
    private let configured: [UpstreamSettings]
    private let held = Mutex(Snapshot())

    /// - Parameter configured: upstreams named in the config file; they stand before rows of the same name.
    package init(store: any Store, configured: [UpstreamSettings]) {
        self.store = store
        self.configured = configured + [.guide, .echo]
    }

    package var snapshot: Snapshot { held.withLock { $0 } }

    /// Reads the rows again if they have changed; true if they had.
    @discardableResult
    package func refresh() async throws -> Bool {
        let known = snapshot.revision
        let configured = configured
        let fresh = try await store.read { rows -> Snapshot? in
            let revision = try rows.revision()
            guard revision != known else { return nil }
            return try Self.load(rows, revision: revision, configured: configured)
        }
        guard let fresh else { return false }
        held.withLock { if fresh.revision > $0.revision { $0 = fresh } }
        return true
    }

    /// A client as it is now; one that is not known yet is looked for in the store.
    package func client(id: String) async throws -> Client? {
        if let client = snapshot.clients[id] { return client }
        try await refresh()
        return snapshot.clients[id]
    }

    package func agent(code: String) async throws -> Agent? {
        if let agent = snapshot.agentsByCode[code] { return agent }
        try await refresh()
        return snapshot.agentsByCode[code]
    }

    package func upstream(named name: String) async throws -> UpstreamSettings? {
        if let upstream = snapshot.upstreams[name] { return upstream }
        try await refresh()
        return snapshot.upstreams[name]
    }

    /// The agents a principal may use, its first one first.
    package func agents(for principal: Principal) -> [Agent] {
        let snapshot = snapshot
        let usable =
            principal.agents.isEmpty
            ? snapshot.agents : principal.agents.compactMap { snapshot.agentsByCode[$0] }
        return usable.filter { $0.account == principal.account }
    }

    /// The agent a request names, or the principal's first one, or the guide.
    /// - Throws: `notFound` for an agent that the account does not have, `forbidden` for one that is not the client's.
    package func agent(named code: String?, for principal: Principal) async throws -> Agent {
        if let code {
            guard let agent = try await agent(code: code), agent.account == principal.account else {
                throw Refusal(.notFound, "There is no agent “\(code)”.", field: "agentId")
            }
            guard principal.mayUse(agentCode: code) else {
                throw Refusal(.forbidden, "This client may not use the agent “\(code)”.", field: "agentId")
            }
            return agent
        }
        if let first = agents(for: principal).first { return first }
        guard principal.agents.isEmpty, let guide = try await agent(code: Agent.guideCode) else {
            throw Refusal(.notFound, "This client has no agent.", field: "agentId")
        }
        return guide
    }

    private static func load(
        _ rows: any Transaction, revision: Int64, configured: [UpstreamSettings]
    ) throws -> Snapshot {
        let agents = try rows.agents()
        let upstreams = try rows.upstreams() + configured
        return Snapshot(
            revision: revision,
            accounts: Dictionary(uniqueKeysWithValues: try rows.accounts().map { ($0.id, $0) }),
            agents: agents,
            agentsByCode: Dictionary(uniqueKeysWithValues: agents.map { ($0.code, $0) }),
            clients: Dictionary(uniqueKeysWithValues: try rows.clients().map { ($0.id, $0) }),
            apiKeys: Dictionary(uniqueKeysWithValues: try rows.apiKeys().map { ($0.id, $0) }),
            upstreams: Dictionary(upstreams.map { ($0.name, $0) }, uniquingKeysWith: { $1 }),
            signingKeys: try rows.signingKeys())
    }
}
