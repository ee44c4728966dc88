import Domain
import Synchronization

/// Finds out whether a store that failed takes writes again, before somebody asks a question in vain.
final class StoreProbe: Sendable {
    static let interval = Duration.seconds(1)

    private let store: any Store
    private let due = Mutex(ContinuousClock.now)

    init(_ store: any Store) {
        self.store = store
    }

    /// Whether the newest write worked. Where it did not, another is tried, once in a second at most.
    func takesWrites() async -> Bool {
        guard store.isFailing else { return true }
        let isDue = due.withLock { due in
            guard ContinuousClock.now >= due else { return false }
            due = .now + Self.interval
            return true
        }
        // What changes nothing would not reach the disk. This costs a look at the configuration.
        if isDue { try? await store.write { try $0.raiseRevision() } }
        return isDue && !store.isFailing
    }
}
