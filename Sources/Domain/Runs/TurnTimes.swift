import Synchronization

/// How long a turn takes lately, for estimates.
final class TurnTimes: Sendable {
    /// What the newest turn counts, against all before it.
    private static let weight = 0.1

    private let seconds = Mutex<Double?>(nil)

    /// In seconds; nil before any turn has ended here.
    var usual: Double? { seconds.withLock { $0 } }

    func note(from start: Timestamp, to end: Timestamp) {
        let took = max(0, Double(end.milliseconds - start.milliseconds) / 1000)
        seconds.withLock { $0 = $0.map { $0 + Self.weight * (took - $0) } ?? took }
    }
}
