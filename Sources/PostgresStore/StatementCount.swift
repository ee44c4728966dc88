import Synchronization

/// How many statements all connections of a store have run.
final class StatementCount: Sendable {
    private let total = Atomic<Int64>(0)

    var value: Int64 { total.load(ordering: .relaxed) }

    func add() {
        total.wrappingAdd(1, ordering: .relaxed)
    }
}
