import Synchronization

/// Wakes those on this server who wait for a purchase or an operation to move on.
package final class ShopNews: Sendable {
    private struct State {
        var next = 0
        var waiting: [ID: [Int: CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    package func tell(_ id: ID) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: id) }
        waiting?.values.forEach { $0.resume() }
    }

    /// Until it is told of, or the time is over; what was told before is missed.
    func wait(for id: ID, atMost time: Duration, in world: World) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        let timer = Task {
            try await world.sleep(time)
            self.give(up: number, on: id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCanceled = state.withLock { state in
                    if !Task.isCancelled { state.waiting[id, default: [:]][number] = continuation }
                    return Task.isCancelled
                }
                if isCanceled { continuation.resume() }
            }
        } onCancel: {
            give(up: number, on: id)
        }
        timer.cancel()
    }

    private func give(up number: Int, on id: ID) {
        let continuation = state.withLock { state in
            defer { if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil } }
            return state.waiting[id]?.removeValue(forKey: number)
        }
        continuation?.resume()
    }
}
