import Synchronization

/// Purchases that this server has just written, and is the first to look after.
final class FreshPurchases: Sendable {
    private let waiting = Mutex<[Purchase]>([])

    func add(_ purchase: Purchase) {
        waiting.withLock { $0.append(purchase) }
    }

    func take() -> [Purchase] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
