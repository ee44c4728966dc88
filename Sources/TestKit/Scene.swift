package import Domain
import Logging
import SQLiteStore

/// A house with its first inhabitants, in memory: Ana asks for the account main, Boris for another.
package struct Scene: Sendable {
    package let clock: SetClock
    package let gate: GatedStore
    package let upstream: ScriptedUpstream
    package let directory: Directory
    package let runs: Runs
    private let limits: Limits
    package let ana: Principal
    package let boris: Principal
    /// Talks to the scripted upstream; cancels after the grace period.
    package let agent: Agent

    /// - Parameters:
    ///   - change: what differs from the usual limits.
    ///   - retries: of the scripted upstream.
    ///   - isShared: other servers may stand on the store, so that runs need a lease; it is taken here.
    package init(
        isShared: Bool = false, retries: Int = 0, fallback: [Agent.Source] = [], leaving: Agent.Leaving = .grace,
        _ change: (inout Limits) -> Void = { _ in }
    ) async throws {
        var limits = Limits()
        change(&limits)
        clock = SetClock()
        gate = GatedStore(try SQLiteStore(inMemory: ()), isShared: isShared)
        upstream = ScriptedUpstream()
        let world = clock.world
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        _ = try await FirstStart(store: gate, world: world, master: master).prepare()
        var scripted = UpstreamSettings(name: "scripted", kind: .openai, url: "http://127.0.0.1:1/v1")
        scripted.retries = retries
        directory = Directory(store: gate, configured: [scripted])
        var changes = Agents.Changes()
        changes.upstream = scripted.name
        changes.model = "first"
        changes.fallback = fallback
        changes.leaving = leaving
        agent = try await Agents(store: gate, world: world, configured: [scripted])
            .add(code: "helper", account: Account.mainName, changes)
        let other = try await Accounts(store: gate, world: world).add(name: "other")
        try await directory.refresh()
        ana = Principal(id: "client:ana", account: agent.account, agents: [], scopes: [Scope.chat])
        boris = Principal(id: "client:boris", account: other.id, agents: [], scopes: [Scope.chat])
        self.limits = limits
        runs = Self.runs(gate, world, limits, directory, upstream)
        if isShared { _ = try await runs.settleLeftovers() }
    }

    private static func runs(
        _ store: any Store, _ world: World, _ limits: Limits, _ directory: Directory, _ upstream: ScriptedUpstream
    ) -> Runs {
        Runs(
            store: store, world: world, limits: limits, directory: directory, maker: upstream,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The next server on the same store, after the one before has died.
    package func heir() async throws -> Runs {
        let heir = Self.runs(gate, clock.world, limits, directory, upstream)
        _ = try await heir.settleLeftovers()
        return heir
    }

    /// Ana asks the agent.
    package func ask(
        _ words: String = "What is the answer?", in conversation: String? = nil, key: IdempotencyKey? = nil
    ) async throws -> (reading: Runs.Reading, isRepeated: Bool) {
        var order = Runs.Order(
            principal: ana, agent: agent, conversation: conversation,
            question: Question(messages: [Message(.user, words)]))
        order.idempotency = key
        return try await runs.start(order)
    }

    /// Ana asks, and the run is live.
    package func live(
        _ words: String = "What is the answer?", in conversation: String? = nil
    ) async throws -> LiveRun {
        guard case .live(let live) = try await ask(words, in: conversation).reading else {
            throw Refusal(.conflict, "The run is not live.")
        }
        return live
    }

    package func housekeeping(on store: any Store) -> Housekeeping {
        Housekeeping(
            store: store, world: clock.world, limits: Limits(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    package func stored(_ id: ID) async throws -> Run? {
        try await gate.read { try $0.run(id: id) }
    }

    package func events(_ id: ID) async throws -> [RunEvent] {
        try await gate.read { try $0.events(of: id, after: -1, limit: 100_000) }
    }
}
