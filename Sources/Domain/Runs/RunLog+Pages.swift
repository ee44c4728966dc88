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
