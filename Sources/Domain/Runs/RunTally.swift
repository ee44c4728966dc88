import Synchronization

/// Counts the runs that end on a server, and the tokens that they took.
package final class RunTally: Sendable {
    /// Tokens as they were counted, and as they were estimated where nobody counted them.
    package struct Tokens: Sendable {
        package var input = 0
        package var output = 0

        /// A server may claim any number.
        fileprivate mutating func add(_ usage: Usage) {
            input = min(input, 1 << 60) + usage.inputTokens
            output = min(output, 1 << 60) + usage.outputTokens
        }
    }

    /// All of it since the server started.
    package struct Counts: Sendable {
        package var ends: [Run.Status: Int] = [:]
        package var reported = Tokens()
        package var estimated = Tokens()
    }

    private let state = Mutex(Counts())

    package var counts: Counts { state.withLock { $0 } }

    func count(_ run: Run) {
        state.withLock { counts in
            counts.ends[run.status, default: 0] += 1
            guard let usage = run.usage else { return }
            let way = usage.estimated ? \Counts.estimated : \Counts.reported
            counts[keyPath: way].add(usage)
        }
    }
}
