import Synchronization

/// The side of a live run that readers see.
extension LiveRun {
    /// Hands over the events from `index` on that may be shown, while `each` wants more.
    /// - Parameter index: the sequence of the next event to read; moved on.
    /// - Returns: true once the terminal event has been handed over.
    package func read(from index: inout Int, while each: (RunEvent) -> Bool) -> Bool {
        guard journal.lease.isHeld(as: run.lease) else { return false }
        return state.withLock { state in
            guard !state.isLost else { return false }
            // A cursor in the gap after a crash, or past the end, waits for the terminal event.
            if let last = state.events.last, last.isTerminal { index = min(index, Int(last.sequence)) }
            var place = state.place(of: index)
            while place < state.shown {
                let event = state.events[place]
                place += 1
                index = Int(event.sequence) + 1
                if event.isTerminal {
                    _ = each(event)
                    return true
                }
                guard each(event) else { return false }
            }
            return false
        }
    }

    /// The sequence of the newest event that has been shown, or -1.
    package var newest: Int64 { state.withLock { $0.shown > 0 ? $0.events[$0.shown - 1].sequence : -1 } }

    /// The steps it has done so far.
    var steps: [Step] {
        state.withLock { state in
            var steps = FinishedSteps()
            state.events.forEach { steps.hear($0) }
            return steps.all
        }
    }

    /// The number past which nothing has been shown to anyone.
    package var mark: Int64 { state.withLock { $0.reserved } }

    package func attach(_ follower: any RunFollower) {
        state.withLock { state in
            state.followers.append(follower)
            state.arrivals += 1
        }
        follower.wake()
    }

    /// - Returns: whether nobody follows any longer a run that goes on, and the count of arrivals so far.
    func detach(_ follower: any RunFollower) -> (isDeserted: Bool, arrivals: Int) {
        state.withLock { state in
            let before = state.followers.count
            state.followers.removeAll { $0 === follower }
            let left = state.followers.count < before
            return (left && state.isDeserted, state.arrivals)
        }
    }

    /// The count of arrivals, if nobody follows a run that goes on.
    var arrivalsOfDeserted: Int? {
        state.withLock { $0.isDeserted ? $0.arrivals : nil }
    }

    func isDeserted(since arrivals: Int) -> Bool {
        state.withLock { $0.isDeserted && $0.arrivals == arrivals }
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Whether its readers, once they have what there is here, are to go on elsewhere.
    package var isHandedOver: Bool { state.withLock { $0.isHandedOver } }

    /// Whether this server no longer holds it.
    package var isLost: Bool { state.withLock { $0.isLost } }

    /// Sends its readers elsewhere, while the run goes on here.
    func handOver() {
        let followers = state.withLock { state in
            state.isHandedOver = true
            return state.followers
        }
        followers.forEach { $0.wake() }
    }

    /// Lets go of it, because the lease is over.
    func lose() {
        state.withLock { $0.isLost = true }
        handOver()
    }

    /// Whether it can be ended now. A run that is still being recorded keeps the wish for afterwards.
    func mayEnd(with kind: RunEvent.Kind) -> Bool {
        state.withLock { state in
            if !state.isOpen { state.early = state.early ?? kind }
            return state.isOpen && !state.hasEnded && !state.isLost
        }
    }

    /// UTF-8 bytes of the answer so far.
    var outputBytes: Int { state.withLock { $0.outputBytes } }

    package var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// The run as its log in memory tells it: status, answer, reason, usage.
    package var outcome: Run {
        let events = state.withLock { Array($0.events[..<$0.shown]) }
        return run.told(by: events)
    }
}

extension LiveRun.State {
    /// Nobody follows it, and nobody was sent elsewhere to.
    fileprivate var isDeserted: Bool { followers.isEmpty && !hasEnded && !isHandedOver }
}

extension Run {
    /// This run with what these events, from the first on, say of it.
    package func told(by events: some Collection<RunEvent>) -> Run {
        var run = self
        run.answer = ""
        for event in events { run.hear(event) }
        return run
    }

    /// Takes in what the next event says.
    package mutating func hear(_ event: RunEvent) {
        switch event.kind {
        case .started:
            // Begun anew: what was said before does not count.
            answer = ""
            usage = nil
            return
        case .toolCall, .choices, .stepStarted, .stepFinished: return
        case .text(let text):
            answer += text
            return
        case .usage(let counted):
            usage = counted
            return
        case .finished(let reason):
            status = .finished
            finishReason = reason
        case .failed(let refusal):
            status = .failed
            self.refusal = refusal
        case .canceled:
            status = .canceled
        }
        endedAt = event.at
        last = event.sequence
        reserved = max(reserved, event.sequence)
    }
}
