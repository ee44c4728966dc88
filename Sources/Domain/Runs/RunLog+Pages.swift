/// Reading a whole log without having it in memory.
extension RunLogRows {
    /// Every event of a run, in order.
    package func eachEvent(of run: ID, _ take: (RunEvent) throws -> Void) throws {
        var newest: Int64 = -1
        while true {
            let page = try events(of: run, after: newest, limit: RunLogPage.events, bytes: RunLogPage.bytes)
            for event in page { try take(event) }
            guard let last = page.last else { return }
            newest = last.sequence
        }
    }

    /// The steps that a run has done, in its newest turn.
    func finishedSteps(of run: ID) throws -> [Step] {
        var steps = FinishedSteps()
        try eachEvent(of: run) { steps.hear($0) }
        return steps.all
    }

    /// Events of any size, where they are known to be few.
    package func events(of run: ID, after sequence: Int64, limit: Int) throws -> [RunEvent] {
        try events(of: run, after: sequence, limit: limit, bytes: .max)
    }
}

/// How much of a log is read at a time.
package enum RunLogPage {
    package static let events = 500
    package static let bytes = 64 * 1024
}

/// The steps of a run, gathered from its log; one that begins anew has done none.
struct FinishedSteps {
    private(set) var all: [Step] = []

    mutating func hear(_ event: RunEvent) {
        switch event.kind {
        case .started: all = []
        case .stepFinished(let step): all.append(step)
        default: break
        }
    }
}
