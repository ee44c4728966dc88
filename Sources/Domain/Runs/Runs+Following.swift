/// Following, and what becomes of a run that nobody follows any longer.
extension Runs {
    /// Stops following. The last to leave a run that goes on sets off its agent's policy.
    package func leave(_ live: LiveRun, _ follower: any RunFollower) {
        let (isDeserted, arrivals) = live.detach(follower)
        if isDeserted { desert(live, arrivals: arrivals) }
    }

    /// Whoever wanted to follow never came: the same as if the last reader had left.
    package func abandon(_ live: LiveRun) {
        if let arrivals = live.arrivalsOfDeserted { desert(live, arrivals: arrivals) }
    }

    private func desert(_ live: LiveRun, arrivals: Int) {
        switch live.leaving {
        case .continue: return
        case .cancel where !store.isShared: cancel(live)
        case .cancel: Task { await self.cancelDeserted(live, since: arrivals) }
        case .grace:
            let seconds = limits.graceSeconds
            Task {
                try? await self.world.sleep(.seconds(seconds))
                await self.cancelDeserted(live, since: arrivals)
            }
        }
    }

    /// Cancels a run that nobody follows, through another server neither.
    private func cancelDeserted(_ live: LiveRun, since arrivals: Int) async {
        let id = live.id
        while live.isDeserted(since: arrivals) {
            guard store.isShared, (try? await store.read { try $0.isFollowed(run: id) }) == true else {
                cancel(live)
                return
            }
            try? await world.sleep(.seconds(Self.attendanceSeconds))
        }
    }

    /// How long a server counts on the word of another that somebody follows a run there.
    static let attendanceSeconds = 4

    /// Begins to follow a run that another server answers.
    package func listen(to run: Run) async -> Bell {
        let bell = news.listen(to: run.id)
        if store.isShared, !run.status.isOver {
            try? await store.write { try $0.noteFollowed([run.id], seconds: Self.attendanceSeconds) }
        }
        return bell
    }

    package func stopListening(to run: Run, _ bell: Bell) {
        news.leave(run.id, bell)
    }

    /// How often the log of a run that another server answers is looked at, should no word of it come.
    package var lookAgain: Duration { store.isShared ? .seconds(1) : .milliseconds(200) }

    /// The first sequence to show to a reader who has seen everything up to a cursor, or nothing.
    /// - Throws: `invalid` for a cursor of another run, `gone` for one below the retention floor.
    package func place(after cursor: Cursor?, in reading: Reading) throws(Refusal) -> Int64 {
        let run = reading.run
        if let cursor, cursor.run != run.id { throw Cursor.foreign }
        var next = cursor.map { $0.sequence == .max ? .max : $0.sequence + 1 } ?? 0
        if case .live(let live) = reading, !live.hasEnded, next > live.mark + 1 {
            throw .invalid("Last-Event-ID", "This run has no event \(next - 1) yet.")
        }
        if case .stored = reading { next = min(next, run.last ?? next) }
        guard next >= run.floor else {
            throw Refusal(.gone, "The events of this run are no longer kept.", field: "Last-Event-ID")
        }
        return next
    }

    /// A page of the log of a run that is not live here, from `sequence` on.
    package func events(of run: Run, from sequence: Int64) async throws -> [RunEvent] {
        try await store.read {
            try $0.events(of: run.id, after: sequence - 1, limit: RunLogPage.events, bytes: RunLogPage.bytes)
        }
    }

    /// The deltas of a run's tool calls.
    package func toolCalls(of run: Run) async throws -> [RunEvent] {
        try await store.read { rows in
            var deltas: [RunEvent] = []
            try rows.eachEvent(of: run.id) { event in if case .toolCall = event.kind { deltas.append(event) } }
            return deltas
        }
    }

    /// Everything that a run's model said, piece by piece.
    package func deltas(of run: Run) async throws -> [RunEvent] {
        try await store.read { rows in
            var deltas: [RunEvent] = []
            try rows.eachEvent(of: run.id) { event in if event.isDelta { deltas.append(event) } }
            return deltas
        }
    }

    /// Waits until a live run has ended, or the waiter is told to stop.
    package func outcome(of live: LiveRun, waiter: RunWaiter) async -> Run {
        live.attach(waiter)
        await waiter.wait(for: live)
        leave(live, waiter)
        return live.outcome
    }

    /// How a stored run stands.
    package func summary(of run: ID) async throws -> RunSummary? {
        try await store.read { try $0.summary(of: run) }
    }

    /// A run that was found stored, with what was asked and answered.
    package func whole(_ stored: Run) async throws -> Run {
        guard let run = try await run(id: stored.id) else {
            throw Refusal(.notFound, "There is no run \(stored.id).")
        }
        return run
    }

    /// A stored run whole; one that failed half way has its answer in the log.
    package func run(id: ID) async throws -> Run? {
        try await store.read { try $0.run(id: id) }
    }
}

extension Runs {
    /// Cancels a run that a principal may see, wherever it is being answered.
    /// - Returns: the run as it stands after that, `running` only while another server has yet to notice.
    package func cancel(_ id: ID, for principal: Principal) async throws -> Run {
        switch try await reading(id, for: principal) {
        case .live(let live):
            cancel(live)
            let waiter = RunWaiter()
            return await outcome(of: live, waiter: waiter)
        case .stored(let run):
            guard !run.status.isOver, try await Self.requestCancel(id, at: world.now(), in: store) else { return run }
            return try await settled(run)
        }
    }

    /// A run of another server once it has ended, or as it stands after a while.
    private func settled(_ run: Run) async throws -> Run {
        let bell = await listen(to: run)
        defer { stopListening(to: run, bell) }
        var now = try await self.run(id: run.id) ?? run
        for _ in 0..<Self.cancelLooks where !now.status.isOver {
            await bell.wait(atMost: .milliseconds(200))
            now = try await self.run(id: run.id) ?? now
        }
        return now
    }

    /// How often a run that another server is to cancel is looked at before the caller is answered.
    private static let cancelLooks = 10

    /// Cancels every run of a conversation, and waits for their ends.
    package func cancelAll(in conversation: Conversation) async throws {
        // Those that wait first, the last of them before the others, or the end of each would be the next one's turn.
        for id in try await unfinished(in: conversation).reversed() {
            guard let run = try await self.run(id: id), run.status == .queued else { continue }
            _ = try await Self.requestCancel(id, at: world.now(), in: store)
        }
        let live = liveRuns.filter {
            $0.run.account == conversation.account && $0.run.conversation == conversation.id
        }
        for run in live {
            cancel(run)
            guard run.isOpen else { continue }
            _ = await outcome(of: run, waiter: RunWaiter())
        }
        for id in try await unfinished(in: conversation) {
            guard let run = try await self.run(id: id),
                try await Self.requestCancel(id, at: world.now(), in: store)
            else { continue }
            _ = try await settled(run)
        }
    }

    private func unfinished(in conversation: Conversation) async throws -> [ID] {
        try await store.read {
            try $0.unfinishedRuns(account: conversation.account, conversation: conversation.id)
        }
    }
}
