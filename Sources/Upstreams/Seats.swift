import Synchronization

/// The askings an upstream may have open at once. One that is over gives its seat back when its connection is free.
final class Seats: Sendable {
    private let limit: Int
    private let taken = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    func take() -> Bool {
        guard taken.wrappingAdd(1, ordering: .relaxed).oldValue < limit else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        taken.wrappingSubtract(1, ordering: .relaxed)
    }
}
