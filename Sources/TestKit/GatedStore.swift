package import Domain
import Synchronization

/// A store whose writes a test can hold back or make fail, as a slow or a full disk would.
package final class GatedStore: Store {
    private struct State {
        var isHeld = false
        var failure: Refusal?
        var isFailing = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    /// A file that one process uses is shared in name only: enough to see what a server does with its lease.
    package let isShared: Bool
    private let store: any Store
    private let state = Mutex(State())

    package init(_ store: any Store, isShared: Bool = false) {
        self.store = store
        self.isShared = isShared
    }

    package var statementCount: Int64 { store.statementCount }

    package var isFailing: Bool { state.withLock { $0.isFailing } || store.isFailing }

    package func announce(_ notice: Notice) { store.announce(notice) }

    package func hear(_ told: @escaping @Sendable (Notice) -> Void) { store.hear(told) }

    package func close() throws { try store.close() }

    package func hold() { state.withLock { $0.isHeld = true } }

    package func letGo() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach { $0.resume() }
    }

    package func fail(with refusal: Refusal?) { state.withLock { $0.failure = refusal } }

    /// Waits until a write stands at the gate.
    package func untilHeld() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.waiting.isEmpty { state.watchers.append(continuation) }
                return !state.waiting.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    package func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await store.read(work)
    }

    package func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        let failure = state.withLock { state in
            state.isFailing = state.failure != nil
            return state.failure
        }
        if let failure { throw failure }
        await withCheckedContinuation { continuation in
            let (isOpen, watchers) = state.withLock { state in
                guard state.isHeld else { return (true, [CheckedContinuation<Void, Never>]()) }
                state.waiting.append(continuation)
                defer { state.watchers = [] }
                return (false, state.watchers)
            }
            watchers.forEach { $0.resume() }
            if isOpen { continuation.resume() }
        }
        return try await store.write(work)
    }
}
