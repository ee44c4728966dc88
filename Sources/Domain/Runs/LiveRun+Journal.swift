import Synchronization

/// The side of a live run that the journal sees.
extension LiveRun {
    /// What of a run goes into the next commit.
    struct Portion: Sendable {
        var live: LiveRun
        var events: [RunEvent]
        /// How many events are durable once it is committed.
        var count: Int
        var mark: Int64?
        var ended: Run?
    }

    func takePortion() -> Portion {
        state.withLock { state in
            state.isQueued = false
            state.isHurried = false
            state.pendingBytes = 0
            guard !state.isLost else { return Portion(live: self, events: [], count: 0) }
            var portion = Portion(
                live: self, events: Array(state.events[state.durable...]), count: state.events.count)
            let next = state.nextSequence
            if next + Self.markMargin > state.reserved, !state.hasEnded { portion.mark = next + Self.markStep }
            state.isBeingWritten = true
            if state.hasEnded, !portion.events.isEmpty { portion.ended = run.told(by: state.events) }
            return portion
        }
    }

    var isBeingWritten: Bool { state.withLock { $0.isBeingWritten } }

    /// - Returns: false if it stands in the queue already.
    func queueAgain() -> Bool {
        state.withLock { state in
            defer { state.isQueued = true }
            return !state.isQueued
        }
    }

    /// The portion is in the store.
    func confirm(_ portion: Portion) {
        let followers = state.withLock { state in
            state.durable = max(state.durable, portion.count)
            state.isBeingWritten = false
            if let mark = portion.mark { state.reserved = max(state.reserved, mark) }
            return state.show() ? state.followers : []
        }
        followers.forEach { $0.wake() }
    }

    /// The store did not take the log: the run ends here, and its readers are told, durable or not.
    /// Events that nobody has seen give their numbers back.
    func breakOff(_ refusal: Refusal) {
        let moment = world.now()
        let followers = state.withLock { state in
            state.isBeingWritten = false
            guard !state.isBroken, !state.isLost else { return [any RunFollower]() }
            state.events.removeSubrange(max(state.shown, state.durable)...)
            var news = News()
            state.add(.failed(refusal), at: moment, &news)
            state.isBroken = true
            return state.show() ? state.followers : []
        }
        followers.forEach { $0.wake() }
    }
}
