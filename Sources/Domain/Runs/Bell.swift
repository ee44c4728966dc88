import Synchronization

/// Wakes one who waits; a ring between two waits is not missed.
package final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let world: World
    private let state = Mutex(State())

    init(_ world: World) {
        self.world = world
    }

    func ring() {
        let waiting = state.withLock { state in
            state.hasRung = state.waiting == nil
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Until it rings, or the time is over.
    package func wait(atMost time: Duration) async {
        let timer = Task {
            try await world.sleep(time)
            self.ring()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.hasRung { state.waiting = continuation }
                    defer { state.hasRung = false }
                    return state.hasRung
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        timer.cancel()
    }
}
