package import Domain
import Synchronization

/// Someone who follows a run and remembers what was shown.
package final class Reader: RunFollower {
    private struct State {
        var index: Int
        var seen: [RunEvent] = []
        var isAtEnd = false
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let live: LiveRun
    private let state: Mutex<State>

    /// Begins to follow at once.
    package init(of live: LiveRun, from index: Int = 0) {
        self.live = live
        state = Mutex(State(index: index))
        live.attach(self)
    }

    package func wake() {
        let ready = state.withLock { state in
            guard !state.isAtEnd else { return [CheckedContinuation<Void, Never>]() }
            state.isAtEnd = live.read(from: &state.index) { event in
                state.seen.append(event)
                return true
            }
            let count = state.isAtEnd ? Int.max : state.seen.count
            defer { state.waiting.removeAll { $0.count <= count } }
            return state.waiting.filter { $0.count <= count }.map(\.continuation)
        }
        ready.forEach { $0.resume() }
    }

    package var seen: [RunEvent] { state.withLock { $0.seen } }

    package var text: String {
        seen.reduce(into: "") { text, event in if case .text(let piece) = event.kind { text += piece } }
    }

    /// Waits until that many events were shown, or the end was.
    package func until(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                let isThere = state.isAtEnd || state.seen.count >= count
                if !isThere { state.waiting.append((count, continuation)) }
                return isThere
            }
            if isThere { continuation.resume() }
        }
    }

    package func untilEnd() async { await until(.max) }
}
