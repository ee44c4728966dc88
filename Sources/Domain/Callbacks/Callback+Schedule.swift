/// What an attempt means for the next one.
extension Callback {
    /// The longest that a receiver may put off the next attempt.
    static let longestWaitSeconds = 86_400
    /// How much later than the schedule has it an attempt may be, so that many do not come at once.
    private static let jitter = 0.1

    /// - Parameter jitter: 0 to 1.
    mutating func note(_ reply: Courier.Reply, at moment: Timestamp, jitter: Double, _ limits: Limits) {
        if reply.isSuccess {
            state = .delivered
        } else if reply.status == 410 {
            state = .gone
        } else if reply.isHopeless || attempts >= limits.callbackScheduleSeconds.count {
            state = .failed
        } else {
            let wait = Self.waitMilliseconds(attempts: attempts, reply, jitter: jitter, limits)
            dueAt = moment.adding(milliseconds: wait)
        }
    }

    /// From an attempt that failed to the next.
    /// - Parameter attempts: how many there were; fewer than the schedule has times.
    static func waitMilliseconds(
        attempts: Int, _ reply: Courier.Reply, jitter: Double, _ limits: Limits
    ) -> Int64 {
        let planned = Double(limits.callbackScheduleSeconds[attempts]) * (1 + Self.jitter * jitter)
        let asked = Double(min(reply.retryAfterSeconds ?? 0, longestWaitSeconds))
        return Int64(max(planned, asked) * 1000)
    }
}

extension Endpoint {
    /// For a receiver that has too much to do, and does not say for how long.
    private static let restSeconds = 30

    mutating func note(_ reply: Courier.Reply, at moment: Timestamp, _ limits: Limits) {
        guard reply.wasAsked else { return }
        guard !reply.isSuccess else {
            failures = 0
            pausedUntil = nil
            return
        }
        failures += 1
        if failures >= limits.endpointFailures { pause(until: moment.adding(seconds: limits.endpointPauseSeconds)) }
        if reply.asksForRest {
            let seconds = reply.retryAfterSeconds ?? Self.restSeconds
            pause(until: moment.adding(seconds: min(seconds, Callback.longestWaitSeconds)))
        }
    }

    private mutating func pause(until moment: Timestamp) {
        pausedUntil = max(pausedUntil ?? moment, moment)
    }
}
