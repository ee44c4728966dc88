/// The queue's entry: questions that are answered when their turn comes.
extension Runs {
    /// Puts a question into the queue, durably; it is answered whatever becomes of whoever asked.
    /// - Returns: the run, or the one that the same request put there before.
    /// - Throws: as `start`, and `limitExceeded` where too many wait already.
    package func enqueue(_ order: Order) async throws -> (run: ID, isRepeated: Bool) {
        _ = try plan(for: order.agent, order.question)
        guard !isDraining else { throw Refusal(.unavailable, "The server is stopping.", retryAfterSeconds: 1) }
        var queued = makeRun(for: order)
        queued.status = .queued
        queued.lease = 0
        let run = queued
        let claim = order.idempotency?.claim(by: order.principal, for: run.id, at: run.createdAt)
        let limits = limits
        let standing = try await store.writeTogether(as: run.account) { rows -> IdempotencyClaim? in
            if let standing = try rows.standing(claim) { return standing }
            if order.conversation != nil {
                try Self.check(run, for: order.principal, isNeeded: order.needsConversation, in: rows)
            }
            try Self.checkLength(limits, account: run.account, in: rows)
            try Self.insert(run, in: rows)
            try rows.enqueue(run)
            if let target = order.callback {
                let delay = limits.callbackScheduleSeconds.first ?? 0
                try rows.insert(Callback(of: run, to: target, delaySeconds: delay))
            }
            return nil
        }
        // A claim of its own stands where the storage did not say at once that it had kept it.
        guard let standing, standing.subject != run.id else {
            turnBell.ring()
            return (run.id, false)
        }
        return (try await repeated(standing, for: order.principal).run.id, true)
    }

    private static func checkLength(_ limits: Limits, account: ID, in rows: any Transaction) throws {
        let length = try rows.queueLength(account: account)
        guard length.own < limits.accountQueue, length.all < limits.queue else {
            throw Refusal(
                .limitExceeded, "As many requests wait for their turn as may. Try again later.", retryAfterSeconds: 5)
        }
    }

    /// Where a run stands that waits for its turn; nil for one that does not.
    package func waiting(_ run: ID) async throws -> (place: Int, seconds: Int?)? {
        guard let place = try await store.read({ try $0.queuePlace(of: run) }) else { return nil }
        let workers = limits.queueWorkers * lease.holders
        return (place, turnTimes.usual.map { Int((Double(place) / Double(workers) * $0).rounded(.up)) })
    }

    /// A run of the queue is over: the next of its conversation may have its turn, and whoever is to be told can be.
    static func leaveQueue(_ run: ID, at moment: Timestamp, in rows: any Transaction) throws {
        try rows.leaveQueue(run)
        try rows.callbackIsDue(of: run, at: moment)
    }
}
