import Logging
import Synchronization

/// The queue's other end: taking turns, and answering.
extension Runs {
    /// How often a run has its turn, should servers die over it.
    static let mostTurns = 2
    /// Turns that are taken in one transaction at most.
    private static let turnsAtOnce = 16
    /// How often others are looked after: a run that another server could not take, or let go of.
    private static let turnInterval = Duration.seconds(1)

    /// Answers the runs of the queue, as many at once as there may be, until canceled.
    package func takeTurns() async {
        while !Task.isCancelled {
            var taken = 0
            let room = room
            if room.turns > 0, !isDraining, lease.isHeld {
                do {
                    taken = try await takeTurns(room)
                } catch {
                    logger.warning("No turn could be taken in the queue", metadata: ["cause": "\(error)"])
                    try? await world.sleep(Self.turnInterval)
                }
            }
            if taken == 0 { await turnBell.wait(atMost: Self.turnInterval) }
        }
    }

    private var room: QueueRoom {
        let accounts = liveRuns.filter { $0.turn > 0 }.map(\.run.account)
        return QueueRoom(
            turns: min(limits.queueWorkers - accounts.count, limits.openStreams - liveCount, Self.turnsAtOnce),
            turnsOfAccount: limits.accountQueueWorkers,
            underWay: Dictionary(accounts.map { ($0, 1) }, uniquingKeysWith: +))
    }

    private func takeTurns(_ room: QueueRoom) async throws -> Int {
        let (number, moment, isShared) = (lease.number, world.now(), store.isShared)
        let begun = try await store.write { rows -> [(turn: QueueTurn, events: [RunEvent])] in
            if isShared, try !rows.holdsLease(number) { throw Leasehold.Over() }
            return try rows.takeTurns(room, under: number).map { turn in
                var turn = turn
                let events = try Self.begin(&turn.run, at: moment, in: rows)
                return (turn, events)
            }
        }
        for (turn, events) in begun { await begin(turn, events) }
        return begun.count
    }

    /// The run's first event of this turn, behind those of earlier ones, which stay in the log.
    private static func begin(_ run: inout Run, at moment: Timestamp, in rows: any Transaction) throws -> [RunEvent] {
        var events: [RunEvent] = []
        try rows.eachEvent(of: run.id) { events.append($0) }
        let sequence = events.isEmpty ? 0 : run.reserved + 1
        let first = RunEvent(sequence: sequence, at: moment, kind: .started)
        if sequence > 0 {
            run.reserved = sequence + LiveRun.markStep
            try rows.raiseReserved(of: run.id, to: run.reserved)
        }
        try rows.append([(run.id, first)])
        return events + [first]
    }

    private func begin(_ turn: QueueTurn, _ events: [RunEvent]) async {
        let live = LiveRun(turn.run, turn: turn.number, leaving: .continue, journal: journal, world: world)
        do {
            try admit(live)
        } catch {
            logger.warning("A turn is given back", metadata: ["run": "\(live.id)", "cause": "\(error)"])
            return await returnTurn(of: live)
        }
        live.open(with: events)
        prepare(live) { runs in
            do {
                let agent = try await runs.agent(of: live.run)
                await runs.answer(live, by: agent, isContinued: true, near: nil)
            } catch let refusal as Refusal where refusal.reason == .notFound {
                live.append(.failed(refusal))
            } catch {
                // The store did not answer: the turn is for later.
                _ = await runs.handBack(live)
            }
        }
    }

    func noteEnd(ofTurn live: LiveRun) {
        turnBell.ring()
        callbackBell.ring()
        turnTimes.note(from: live.beganAt, to: world.now())
    }

    /// Puts a run of the queue back into it, for another server or for later, unless it has called a tool.
    /// - Returns: whether it is for others to end.
    func handBack(_ live: LiveRun) async -> Bool {
        guard live.turn > 0, !live.hasEnded, !live.hasCalledTool else { return false }
        live.lose()
        forget(live.id)
        // What is on its way to the store must be there before the next turn begins behind it.
        while live.isBeingWritten, lease.isHeld(as: live.run.lease) { try? await world.sleep(.milliseconds(5)) }
        await returnTurn(of: live)
        return true
    }

    /// - Throws: `notFound` where it was removed.
    private func agent(of run: Run) async throws -> Agent {
        guard let agent = try await directory.agent(code: run.agent), agent.account == run.account else {
            throw Refusal(.notFound, "The agent “\(run.agent)” was removed.")
        }
        return agent
    }

    private func returnTurn(of live: LiveRun) async {
        let (id, number, moment) = (live.id, live.run.lease, world.now())
        do {
            try await store.write { rows in
                // Past the lease the turn is another server's to give.
                guard try rows.holdsLease(number) else { return }
                guard try rows.isCancelRequested(run: id), let run = try rows.run(id: id) else {
                    return try rows.returnTurn(of: id, countsAttempt: false)
                }
                try Self.close(run, with: .canceled, at: moment, in: rows)
                try Self.leaveQueue(id, at: moment, in: rows)
            }
        } catch {
            logger.warning("A run stays behind", metadata: ["run": "\(id)", "cause": "\(error)"])
        }
    }

    static func hasCalledTool(_ run: ID, in rows: any Transaction) throws -> Bool {
        var hasCalled = false
        try rows.eachEvent(of: run) { hasCalled = hasCalled || $0.isOfTool }
        return hasCalled
    }
}

extension LiveRun {
    /// When this turn of it began.
    fileprivate var beganAt: Timestamp {
        state.withLock {
            $0.events.indices.contains($0.beginning.place) ? $0.events[$0.beginning.place].at : run.createdAt
        }
    }

    var hasCalledTool: Bool { state.withLock { $0.events.contains(where: \.isOfTool) } }
}

extension RunEvent {
    /// Whether something may have been done that is not to be done twice.
    fileprivate var isOfTool: Bool {
        switch kind {
        case .toolCall: true
        case .stepStarted(let step), .stepFinished(let step): step.kind == .tool
        case .started, .text, .choices, .usage, .finished, .failed, .canceled: false
        }
    }
}
