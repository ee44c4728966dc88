import Synchronization

/// A follower who only wants the end.
package final class RunWaiter: RunFollower {
    private struct State {
        var live: LiveRun?
        var index = 0
        var isOver = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func wake() {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let live = state.live, !state.isOver else { return nil }
            guard live.read(from: &state.index, while: { _ in true }) || live.isLost else { return nil }
            state.isOver = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }

    /// Gives up waiting, because whoever wanted to know has left.
    package func stop() {
        let continuation = state.withLock { state in
            state.isOver = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }

    func wait(for live: LiveRun) async {
        state.withLock { $0.live = live }
        wake()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.continuation = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}
