package import Domain
import Synchronization

/// A store as one server sees it, whose writes fail, or whose answers are lost; gone once its server dies.
package final class UnsureStore: Store {
    package enum Trouble: Equatable, Sendable {
        /// The write after so many others is not done.
        case fails(after: Int)
        /// The write after so many others is done, and nobody is told.
        case losesAnswer(after: Int)
        /// Nothing is answered after so many writes.
        case dies(after: Int)
    }

    /// What its callers are told.
    package static let refusal = Refusal(.unavailable, "The storage does not answer.", code: "storage")

    private struct State {
        var trouble: Trouble?
        var isDead = false
        var writes = 0
    }

    private enum Way {
        case asUsual, fails, losesAnswer
    }

    private let store: any Store
    private let state = Mutex(State())

    package init(_ store: any Store) {
        self.store = store
    }

    /// For one write from now on, or for good.
    package func expect(_ trouble: Trouble?) { state.withLock { $0.trouble = trouble } }

    /// Whether what was expected has not come yet.
    package var isExpecting: Bool { state.withLock { $0.trouble != nil } }
    package var isDead: Bool { state.withLock { $0.isDead } }
    package var writes: Int { state.withLock { $0.writes } }

    package var isShared: Bool { store.isShared }
    package var isFailing: Bool { store.isFailing }
    package var statementCount: Int64 { store.statementCount }
    package func announce(_ notice: Notice) { store.announce(notice) }
    package func hear(_ told: @escaping @Sendable (Notice) -> Void) { store.hear(told) }
    package func close() throws { try store.close() }

    package func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        if isDead { throw Self.refusal }
        return try await store.read(work)
    }

    package func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        let way = way()
        if way == .fails { throw Self.refusal }
        let answer = try await store.write(work)
        if way == .losesAnswer { throw Self.refusal }
        return answer
    }

    package func writeTogether<Answer: Sendable>(
        as account: ID, _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        let way = way()
        if way == .fails { throw Self.refusal }
        let answer = try await store.writeTogether(as: account, work)
        if way == .losesAnswer { throw Self.refusal }
        return answer
    }

    private func way() -> Way {
        state.withLock { state in
            if state.isDead { return .fails }
            state.writes += 1
            switch state.trouble {
            case nil: return .asUsual
            case .fails(0):
                state.trouble = nil
                return .fails
            case .losesAnswer(0):
                state.trouble = nil
                return .losesAnswer
            case .dies(0):
                (state.trouble, state.isDead) = (nil, true)
                return .fails
            case .fails(let after): state.trouble = .fails(after: after - 1)
            case .losesAnswer(let after): state.trouble = .losesAnswer(after: after - 1)
            case .dies(let after): state.trouble = .dies(after: after - 1)
            }
            return .asUsual
        }
    }
}
