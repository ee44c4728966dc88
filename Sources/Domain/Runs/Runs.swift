package import Logging
import Synchronization

/// Starts, finds, follows and ends runs. Every surface comes through here.
package final class Runs: Sendable {
    /// A run that is answered here, with who answers it, or is still preparing to.
    private struct Entry {
        var live: LiveRun
        var answering: Answering?
        var preparing: Task<Void, Never>?

        func stop() {
            preparing?.cancel()
            answering?.stop()
        }
    }

    private struct State {
        var live: [ID: Entry] = [:]
        var isDraining = false
        var isHandingOver = false
    }

    let store: any Store
    let world: World
    let limits: Limits
    let directory: Directory
    let logger: Logger
    let lease: Leasehold
    let news: RunNews
    /// Rung when there may be a turn to take.
    let turnBell: Bell
    /// Rung when a callback may be due.
    package let callbackBell: Bell
    let turnTimes = TurnTimes()
    let journal: Journal
    private let maker: any UpstreamMaker
    private let links: Links?
    let library: Library?
    private let state = Mutex(State())
    /// Runs under this server's lease that it did not know when it looked last.
    let suspects = Mutex<Set<ID>>([])
    private let tally = RunTally()
    /// Who wants to know of the ends of runs, once they are durable.
    let listener = Ear<Run>()

    package init(
        store: any Store, world: World, limits: Limits, directory: Directory, maker: any UpstreamMaker,
        links: Links? = nil, library: Library? = nil, logger: Logger
    ) {
        self.store = store
        self.world = world
        self.limits = limits
        self.directory = directory
        self.maker = maker
        self.links = links
        self.library = library
        self.logger = logger
        lease = Leasehold(store: store, world: world)
        news = RunNews(world: world)
        turnBell = Bell(world)
        callbackBell = Bell(world)
        journal = Journal(lease: lease, store: store, world: world, news: news, logger: logger)
        journal.onSettled { [weak self] live in self?.settle(live) }
        lease.onLost { [weak self] number in self?.lose(under: number) }
        store.hear { [weak self] notice in self?.hear(notice) }
    }

    /// Starts a run, or finds the one that the same request started before.
    /// - Returns: where to read it, and whether it stood already.
    /// - Throws: any refusal of rules 7, 11 and 14.
    package func start(_ order: Order) async throws -> (reading: Reading, isRepeated: Bool) {
        if order.after != nil, order.idempotency == nil { throw Cursor.foreign }
        _ = try plan(for: order.agent, order.question)
        let live = LiveRun(makeRun(for: order), leaving: order.agent.leaving, journal: journal, world: world)
        try admit(live)
        do {
            if let standing = try await record(live, order) {
                forget(live.id)
                return (try await repeated(standing, for: order.principal), true)
            }
        } catch {
            forget(live.id)
            throw error
        }
        let isContinued = order.conversation != nil
        guard !order.question.links.isEmpty || needsKnowledge(order.question, order.agent) else {
            await answer(live, by: order.agent, isContinued: isContinued, near: order.place)
            return (.live(live), false)
        }
        // Something has to be fetched first, which may take long: whoever asked is told meanwhile that it has begun.
        prepare(live) { runs in
            await runs.answer(live, by: order.agent, isContinued: isContinued, near: order.place)
        }
        return (.live(live), false)
    }

    /// Begins to answer in a task of its own, which ends with the run.
    func prepare(_ live: LiveRun, _ work: @escaping @Sendable (Runs) async -> Void) {
        let task = Task { await work(self) }
        state.withLock { $0.live[live.id]?.preparing = task }
    }

    /// Asks an agent's models for the answer of a run that has begun.
    /// - Parameter isContinued: whether there may be something that was said before.
    func answer(_ live: LiveRun, by agent: Agent, isContinued: Bool, near place: (any Sendable)?) async {
        do {
            let run = try await withFiles(live.run)
            let knowing = try await lookUp(live, run, agent, isContinued: isContinued)
            let answering = Answering(
                live, prompt: try await prompt(for: run, agent, isContinued: isContinued, knowing),
                plan: try plan(for: agent, run.question), maker: maker, outputBytes: limits.outputBytes,
                place: place, logger: logger)
            let isLive = state.withLock { state in
                guard state.live[live.id] != nil else { return false }
                state.live[live.id]?.answering = answering
                return true
            }
            if isLive, !live.hasEnded { answering.begin() }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("A run could not begin", metadata: ["run": "\(live.id)", "cause": "\(error)"])
            live.append(.failed(error as? Refusal ?? .hidden))
        }
    }

    /// The run with the files that its question names by their addresses, fetched and kept.
    private func withFiles(_ run: Run) async throws -> Run {
        guard let links, !run.question.links.isEmpty else { return run }
        var run = run
        run.question = try await links.fetched(run.question, for: run)
        let (id, question) = (run.id, run.question)
        try await store.write { try $0.update(question, of: id) }
        return run
    }

    func repeated(_ claim: IdempotencyClaim, for principal: Principal) async throws -> Reading {
        do {
            return try await reading(claim.subject, for: principal)
        } catch let refusal as Refusal where refusal.reason == .notFound {
            throw Refusal(.gone, "The answer that this Idempotency-Key stands for is no longer kept.")
        }
    }

    /// - Throws: `limitExceeded` when as many runs are live as there may be, `unavailable` while the server stops.
    func admit(_ live: LiveRun) throws(Refusal) {
        let limit = limits.openStreams
        let refusal = state.withLock { state -> Refusal? in
            if state.isDraining { return Refusal(.unavailable, "The server is stopping.", retryAfterSeconds: 1) }
            // Here, so that whoever lets go of the runs of a lease that is lost finds this one among them.
            guard lease.isHeld(as: live.run.lease) else { return .storeUnreachable }
            guard state.live.count < limit else {
                return Refusal(.limitExceeded, "The server answers as many questions as it may.", retryAfterSeconds: 1)
            }
            state.live[live.id] = Entry(live: live)
            return nil
        }
        if let refusal { throw refusal }
    }

    func makeRun(for order: Order) -> Run {
        let id = world.newID()
        var run = Run(
            id: id, account: order.principal.account, agent: order.agent.code,
            conversation: order.conversation ?? id.uuid, principal: order.principal.id, question: order.question,
            answerID: world.newID(), createdAt: world.now(), reserved: LiveRun.markStep)
        run.lease = lease.number
        return run
    }

    /// The run, its conversation and its first event, in one transaction.
    /// - Returns: the claim that stood before, if this request was made before.
    private func record(_ live: LiveRun, _ order: Order) async throws -> IdempotencyClaim? {
        let run = live.run
        let claim = order.idempotency?.claim(by: order.principal, for: run.id, at: run.createdAt)
        let first = RunEvent(sequence: 0, at: run.createdAt, kind: .started)
        let principal = order.principal
        let isNew = order.conversation == nil
        let most = limits.accountRuns
        let standing = try await write(for: order, at: run.createdAt) { rows, books -> IdempotencyClaim? in
            if let standing = try rows.standing(claim) { return standing }
            if order.after != nil { throw Cursor.foreign }
            if !isNew { try Self.check(run, for: principal, isNeeded: order.needsConversation, in: rows) }
            if most > 0, try rows.countRunning(account: run.account) >= most { throw Refusal.accountIsBusy }
            if let books { try order.charge?(run, books, rows) }
            try Self.insert(run, in: rows)
            try rows.append([(run.id, first)])
            return nil
        }
        if standing == nil { live.open(with: [first]) }
        return standing
    }

    /// A run of the principal's account whose agent it may use, live or stored.
    /// - Throws: `notFound` for every other.
    package func reading(_ id: ID, for principal: Principal) async throws -> Reading {
        if let live = state.withLock({ $0.live[id]?.live }) {
            try Self.check(live.run, visibleTo: principal)
            return .live(live)
        }
        guard var run = try await store.read({ try $0.run(id: id, withAnswer: false) }) else {
            throw Refusal(.notFound, "There is no run \(id).")
        }
        try Self.check(run, visibleTo: principal)
        run.question.messages = []
        return .stored(run)
    }

    private static func check(_ run: Run, visibleTo principal: Principal) throws(Refusal) {
        guard run.account == principal.account, principal.mayUse(agentCode: run.agent) else {
            throw Refusal(.notFound, "There is no run \(run.id).")
        }
    }

    /// Ends a run that is still being answered, its upstream first.
    /// - Returns: false if it had ended already.
    @discardableResult
    package func cancel(_ live: LiveRun) -> Bool {
        end(live, with: .canceled)
    }

    func end(_ live: LiveRun, with kind: RunEvent.Kind) -> Bool {
        guard live.mayEnd(with: kind) else { return false }
        // In this order: what is let go must not have the last word.
        let entry = state.withLock { $0.live[live.id] }
        live.append(kind)
        entry?.stop()
        return true
    }

    var liveRuns: [LiveRun] { state.withLock { $0.live.values.map(\.live) } }

    package var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Whether readers are to go on through another server, because this one stops.
    package var isHandingOver: Bool { state.withLock { $0.isHandingOver } }

    /// Whether this server may start and show runs.
    package var holdsLease: Bool { lease.isHeld }

    package var liveCount: Int { state.withLock { $0.live.count } }

    /// What ended on this server since it started.
    package var counts: RunTally.Counts { tally.counts }

    func stopAdmitting() {
        state.withLock { $0.isDraining = true }
    }

    /// Sends every reader to another server.
    func handOver() {
        state.withLock { $0.isHandingOver = true }
        liveRuns.forEach { $0.handOver() }
        news.tellAll()
    }

    private func settle(_ live: LiveRun) {
        state.withLock { $0.live.removeValue(forKey: live.id) }?.stop()
        tally.count(live.outcome)
        if live.turn > 0 { noteEnd(ofTurn: live) }
        if live.hasEnded { listener.tell(live.run) }
    }

    /// Stops answering a run, whatever its log says.
    func forget(_ id: ID) {
        state.withLock { $0.live.removeValue(forKey: id) }?.stop()
    }
}
