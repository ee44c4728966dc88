import Logging

/// What a server does about its runs besides answering them.
extension Runs {
    static let watchInterval = Duration.milliseconds(400)

    /// Ends, in the log, every run that a killed server left unended. Called before the server says it is ready.
    /// - Returns: how many there were.
    package func settleLeftovers() async throws -> Int {
        let moment = world.now()
        return try await store.write { rows in
            let leftovers = try rows.abandonedRuns(limit: .max)
            for var run in leftovers {
                // Numbers up to the mark may have been shown without having reached the store.
                let end = RunEvent(sequence: run.reserved + 1, at: moment, kind: .failed(.serverStopped))
                let events = try rows.events(of: run.id, after: -1, limit: .max)
                run = run.told(by: events + [end])
                try rows.append([(run.id, end)])
                try rows.end(run)
            }
            return leftovers.count
        }
    }

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

    /// Asks whichever server holds a run to cancel it.
    /// - Returns: false if it had ended.
    package static func requestCancel(_ id: ID, in store: any Store) async throws -> Bool {
        try await store.write { rows in
            guard let run = try rows.run(id: id) else {
                throw Refusal(.notFound, "There is no run \(id).", field: "run")
            }
            guard run.status == .running else { return false }
            try rows.requestCancel(run: id)
            try rows.raiseRevision()
            return true
        }
    }

    /// Takes no new runs, gives those that are live `drain.streams` to finish, then ends them in the log.
    package func drain() async {
        stopAdmitting()
        await waitUntilIdle(seconds: limits.drainStreamsSeconds)
        for live in liveRuns { _ = end(live, with: .failed(.serverStopped)) }
        await waitUntilIdle(seconds: limits.drainRunsSeconds)
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
    static let serverStopped = Refusal(.unavailable, "The server stopped while it was answering.")
}
