import Domain
import Synchronization

/// Where a test holds up whoever comes by, until it lets them go on.
final class Barrier: Sendable {
    private struct State {
        /// How many may pass yet; nil for all.
        var left: Int?
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Whether somebody is held up now.
    var isInTheWay: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Lets so many pass, and holds up the next.
    func close(after count: Int = 0) { state.withLock { $0.left = count } }

    func open() {
        let waiting = state.withLock { state in
            state.left = nil
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach { $0.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let (mayPass, watchers) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
                guard let left = state.left else { return (true, []) }
                state.left = max(left - 1, 0)
                if left > 0 { return (true, []) }
                state.waiting.append(continuation)
                defer { state.watchers = [] }
                return (false, state.watchers)
            }
            watchers.forEach { $0.resume() }
            if mayPass { continuation.resume() }
        }
    }

    /// Waits until somebody is held up.
    func untilHeld() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.waiting.isEmpty { state.watchers.append(continuation) }
                return !state.waiting.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }
}

/// A store whose next writes pass a barrier.
final class BarredStore: Store {
    let barrier = Barrier()
    private let store: any Store

    init(_ store: any Store) {
        self.store = store
    }

    var isFailing: Bool { store.isFailing }
    var statementCount: Int64 { store.statementCount }
    func close() throws { try store.close() }

    func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer { try await store.read(work) }

    func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        await barrier.pass()
        return try await store.write(work)
    }
}

/// Work that is done beside a test, and can be asked whether it is over.
final class Errand: Sendable {
    private let over = Mutex(false)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(_ work: @escaping @Sendable () async throws -> Void) {
        let task = Task {
            defer { over.withLock { $0 = true } }
            try await work()
        }
        self.task.withLock { $0 = task }
    }

    var isOver: Bool { over.withLock { $0 } }

    func finish() async throws { try await task.withLock { $0 }?.value }
}
