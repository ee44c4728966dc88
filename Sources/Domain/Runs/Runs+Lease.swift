import Logging
import Synchronization

/// A server among servers: it keeps its lease, and ends what others left when theirs ran out.
extension Runs {
    /// Runs that are ended in one transaction at most.
    static let settleBatch = 10

    /// Takes a lease, and ends in the log every run that nobody holds any more. Called before the server says it is
    /// ready.
    /// - Returns: how many there were.
    package func settleLeftovers() async throws -> Int {
        try await lease.take()
        return try await settleAbandoned()
    }

    /// Keeps the lease, until canceled. Where it is lost, all that was done under it is let go.
    package func keepLease() async {
        guard store.isShared else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.renewLease() }
            group.addTask { await self.watchLease() }
        }
    }

    /// Notices the end of the lease while the store is silent, and nobody says anything that could not be shown.
    private func watchLease() async {
        while !Task.isCancelled {
            try? await world.sleep(Leasehold.renewal)
            _ = lease.isHeld
        }
    }

    private func renewLease() async {
        while !Task.isCancelled {
            try? await world.sleep(Leasehold.renewal)
            guard !lease.isGivenBack else { return }
            do {
                guard lease.isHeld else {
                    lose(under: lease.number)
                    try await lease.take()
                    logger.notice("The server has a new lease", metadata: ["lease": "\(lease.number)"])
                    continue
                }
                try await lease.renew()
            } catch {
                logger.warning("The lease could not be renewed", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Ends what servers left whose lease is over, until canceled, and says which runs are followed here.
    package func keepOrder() async {
        guard store.isShared else { return }
        while !Task.isCancelled {
            try? await world.sleep(Leasehold.renewal)
            guard !Task.isCancelled else { return }
            do {
                let followed = news.followed
                try await store.write { rows in
                    try rows.endExpiredLeases()
                    if !followed.isEmpty { try rows.noteFollowed(followed, seconds: Self.attendanceSeconds) }
                }
                let ended = try await settleAbandoned() + settleForgotten()
                if ended > 0 { logger.notice("Ended what another server left", metadata: ["runs": "\(ended)"]) }
            } catch {
                logger.warning("What other servers left could not be looked at", metadata: ["cause": "\(error)"])
            }
        }
    }

    /// Lets go of every run of a lease that is over: its log is another server's to end.
    func lose(under number: Int64) {
        let lost = liveRuns.filter { $0.run.lease == number }
        guard !lost.isEmpty else { return }
        logger.error("The lease was lost", metadata: ["lease": "\(number)", "runs": "\(lost.count)"])
        for live in lost {
            live.lose()
            forget(live.id)
        }
    }

    private func settleAbandoned() async throws -> Int {
        var count = 0
        while true {
            let moment = world.now()
            let batch = try await store.write { rows in
                let runs = try rows.abandonedRuns(limit: Self.settleBatch)
                for run in runs { try Self.settle(run, at: moment, in: rows) }
                return runs.map(\.id)
            }
            if store.isShared, !batch.isEmpty { store.announce(.grown(batch)) }
            count += batch.count
            if batch.count < Self.settleBatch { return count }
        }
    }

    /// Runs of this server that it does not answer: their start was committed, but the storage could not say so.
    private func settleForgotten() async throws -> Int {
        let (number, moment) = (lease.number, world.now())
        let held = try await store.read { try $0.runsHeld(under: number) }
        let unknown = Set(held).subtracting(liveRuns.map(\.id))
        // A turn may have been taken this very moment: only what is still unknown the next time was forgotten.
        let forgotten = suspects.withLock { suspects in
            defer { suspects = unknown }
            return suspects.intersection(unknown)
        }
        var count = 0
        for id in forgotten {
            count += try await store.write { rows in
                guard let run = try rows.run(id: id), run.status == .running else { return 0 }
                try Self.settle(run, at: moment, in: rows)
                return 1
            }
        }
        return count
    }

    /// What becomes of a run whose server is gone: one of the queue may have another turn, others end.
    private static func settle(_ run: Run, at moment: Timestamp, in rows: any Transaction) throws {
        guard let turns = try rows.turnsTaken(by: run.id) else {
            return try close(run, with: .failed(.serverStopped), at: moment, in: rows)
        }
        let end: RunEvent.Kind
        if try rows.isCancelRequested(run: run.id) {
            end = .canceled
        } else if try hasCalledTool(run.id, in: rows) {
            end = .failed(.stoppedAfterTool)
        } else if turns < mostTurns {
            return try rows.returnTurn(of: run.id, countsAttempt: true)
        } else {
            end = .failed(.stoppedTwice)
        }
        try close(run, with: end, at: moment, in: rows)
        try leaveQueue(run.id, at: moment, in: rows)
    }

    /// Ends a run that no server holds.
    static func close(_ run: Run, with kind: RunEvent.Kind, at moment: Timestamp, in rows: any Transaction) throws {
        // Numbers up to the mark may have been shown without having reached the store.
        let end = RunEvent(sequence: run.reserved + 1, at: moment, kind: kind)
        var ended = run.told(by: [])
        try rows.eachEvent(of: run.id) { ended.hear($0) }
        ended.hear(end)
        try rows.append([(run.id, end)])
        try rows.end(ended)
    }
}
