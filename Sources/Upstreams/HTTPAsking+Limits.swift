import NIOCore

/// One alarm for all time limits: it rings at the earliest possible end, and is set anew where life was seen since.
extension HTTPAsking {
    func setAlarm(_ deadline: NIODeadline) {
        alarm?.cancel()
        alarmDeadline = deadline
        alarm = loop.scheduleTask(deadline: deadline) { [self] in ring() }
    }

    /// The answer's first event, or a refusal's head: from here on silence counts, and the idle limit may come before
    /// the alarm that is set.
    func answerBegins() {
        limits.begin(at: .now())
        let next = limits.next.deadline
        if next < alarmDeadline { setAlarm(next) }
    }

    private func ring() {
        guard isLive else { return closeLingering() }
        let (limit, deadline) = limits.next
        guard NIODeadline.now() >= deadline else { return setAlarm(deadline) }
        ranOut(limit)
    }

    private func ranOut(_ limit: AskingLimits.Limit) {
        switch stage {
        case .refused(let head): refuse(head)
        // Some servers keep the stream open after they said why it ended.
        case .events where reader.hasFinished: reader.streamEnded(for: self)
        case .asking, .events, .whole, .over: fail(limits.fault(limit))
        }
    }
}
