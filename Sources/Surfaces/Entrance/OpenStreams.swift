import Domain
import Synchronization

/// Counts the streams that are open, so that there are never more than there may be.
package final class OpenStreams: Sendable {
    /// One stream's place; given back exactly once, at the latest when it is forgotten.
    final class Seat: Sendable {
        private let streams: OpenStreams
        private let isTaken = Atomic(true)

        init(_ streams: OpenStreams) {
            self.streams = streams
        }

        func give() {
            if isTaken.exchange(false, ordering: .relaxed) { streams.count.subtract(1, ordering: .relaxed) }
        }

        deinit { give() }
    }

    private let count = Atomic(0)

    package init() {}

    package var now: Int { count.load(ordering: .relaxed) }

    /// - Throws: `limitExceeded` when all are taken.
    func take(_ limit: Int) throws(Refusal) -> Seat {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            count.subtract(1, ordering: .relaxed)
            throw Refusal(.limitExceeded, "As many streams are open as there may be.", retryAfterSeconds: 1)
        }
        return Seat(self)
    }
}
