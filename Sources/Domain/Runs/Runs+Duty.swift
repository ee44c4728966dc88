import Logging

/// What a server does about its runs besides answering them.
extension Runs {
    static let watchInterval = Duration.milliseconds(400)
    /// For the ends of runs that did not finish while the server waited for them.
    static let endingSeconds = 2

    /// Notices, until canceled, what other processes changed: configuration, and runs to be canceled.
    package func watch() async {
        // Others refresh the directory too: what counts is which revision was looked at here.
        var seen: Int64 = -1
        while !Task.isCancelled {
            try? await world.sleep(Self.watchInterval)
            do {
                try await directory.refresh()
                let revision = directory.snapshot.revision
                guard revision != seen else { continue }
                for id in try await store.read({ try $0.cancelRequests() }) {
                    if let live = liveRuns.first(where: { $0.id == id }) { cancel(live) }
                }
                seen = revision
            } catch {
                logger.warning("The store could not be watched", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// What other servers on the store announce.
    func hear(_ notice: Notice) {
        switch notice {
        case .grown(let runs): news.tell(runs)
        case .cancel(let id): liveRuns.first { $0.id == id }.map { _ = cancel($0) }
        case .configuration: Task { try? await directory.refresh() }
        }
    }

    /// Asks whichever server holds a run to cancel it; one that waits for its turn is canceled here.
    /// - Returns: false if it had ended.
    package static func requestCancel(_ id: ID, at moment: Timestamp, in store: any Store) async throws -> Bool {
        let isAsked = try await store.write { rows in
            guard let run = try rows.run(id: id) else {
                throw Refusal(.notFound, "There is no run \(id).", field: "run")
            }
            guard !run.status.isOver else { return false }
            // Read again: it may have had a turn, and come back, before nobody else could touch it.
            if run.status == .queued, try rows.withdraw(id), let run = try rows.run(id: id) {
                try close(run, with: .canceled, at: moment, in: rows)
                try rows.callbackIsDue(of: id, at: moment)
                return true
            }
            try rows.requestCancel(run: id)
            try rows.raiseRevision()
            return true
        }
        if isAsked { store.announce(.cancel(id)) }
        return isAsked
    }

    /// Takes no new runs, and gives streams `drain.streams` to finish. What goes on after that is ended in the log;
    /// on a shared store its readers are sent to another server first, while the runs have `drain.runs` to finish.
    package func drain() async {
        stopAdmitting()
        await waitUntilIdle(seconds: limits.drainStreamsSeconds)
        if store.isShared {
            handOver()
            await waitUntilIdle(seconds: limits.drainRunsSeconds)
        }
        for live in liveRuns where !(await handBack(live)) {
            _ = end(live, with: .failed(live.turn > 0 && live.hasCalledTool ? .stoppedAfterTool : .serverStopped))
        }
        await waitUntilIdle(seconds: store.isShared ? Self.endingSeconds : limits.drainRunsSeconds)
        if store.isShared { try? await lease.giveBack() }
    }

    /// Until no run is live, or the time is over, or the drain is cut short by cancellation.
    private func waitUntilIdle(seconds: Int) async {
        let step = 20
        for _ in 0..<(seconds * 1000 / step) where liveCount > 0 && !Task.isCancelled {
            try? await world.sleep(.milliseconds(step))
        }
    }
}

extension Refusal {
    /// A server that has lost its lease, and knows nothing for certain until it has a new one.
    package static let storeUnreachable = Refusal(
        .unavailable, "The server cannot reach its store. Try again.", retryAfterSeconds: 1)
    static let accountIsBusy = Refusal(
        .limitExceeded, "This account has as many questions under way as it may.", retryAfterSeconds: 1)
    static let serverStopped = Refusal(.unavailable, "The server stopped while it was answering.")
    static let stoppedTwice = Refusal(.unavailable, "The server stopped while it was answering, twice.")
    static let stoppedAfterTool = Refusal(
        .unavailable, "The server stopped while it was answering. A tool had been called, so it was not asked again.")
}
