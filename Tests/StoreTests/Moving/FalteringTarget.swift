import Domain
import PostgresStore
import Synchronization

/// A target that is lost after so many transactions: in the middle of the next one, or just after it.
final class FalteringTarget: MoveTarget {
    static let lost = Refusal(.unavailable, "The target is lost.")

    private let store: PostgresStore
    private let keepsLast: Bool
    private let left: Mutex<Int>

    init(_ store: PostgresStore, after count: Int, keepsLast: Bool) {
        self.store = store
        self.keepsLast = keepsLast
        left = Mutex(count)
    }

    func move<Answer: Sendable>(
        _ work: @escaping @Sendable (any MoveRows) throws -> Answer
    ) async throws -> Answer {
        let isLast = left.withLock { left in
            left -= 1
            return left < 0
        }
        guard isLast else { return try await store.move(work) }
        _ = try await store.move { [keepsLast] rows in
            _ = try work(rows)
            if !keepsLast { throw Self.lost }
        }
        throw Self.lost
    }

    func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await store.read(work)
    }

    func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await store.write(work)
    }

    var isFailing: Bool { store.isFailing }
    var statementCount: Int64 { store.statementCount }
    func close() throws { try store.close() }
}
