package import Domain
import Synchronization

/// A clock that stands still until a test moves it, and wakes those who sleep by it.
package final class SetClock: Sendable {
    private struct Sleeper {
        var number: Int
        var due: Int64
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var milliseconds: Int64
        var sleepers: [Sleeper] = []
        var numbers = 0
        /// Sleeps that have begun.
        var count = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// - Parameter milliseconds: since 1970; by default the pi day of 2026, 10:30 UTC.
    package init(milliseconds: Int64 = 1_773_484_200_000) {
        state = Mutex(State(milliseconds: milliseconds))
    }

    package var now: Timestamp { Timestamp(milliseconds: state.withLock { $0.milliseconds }) }

    /// Everything the domain needs of a world, by this clock.
    package var world: World {
        World(
            now: { self.now },
            uptime: { self.now.milliseconds * 1_000_000 },
            random: { count in
                var source = SystemRandomNumberGenerator()
                return (0..<count).map { _ in UInt8.random(in: 0...255, using: &source) }
            },
            sleep: { try await self.sleep($0) })
    }

    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.milliseconds += Int64(duration / .milliseconds(1))
            let now = state.milliseconds
            defer { state.sleepers.removeAll { $0.due <= now } }
            return state.sleepers.filter { $0.due <= now }
        }
        due.forEach { $0.continuation.resume() }
    }

    /// Waits until that many sleeps have begun since the clock was made, so that a test can move it safely.
    package func untilSleeps(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.count < count { state.watchers.append((count, continuation)) }
                return state.count >= count
            }
            if isThere { continuation.resume() }
        }
    }

    package var sleepCount: Int { state.withLock { $0.count } }

    private func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let watchers = state.withLock { state in
                    let due = state.milliseconds + Int64(duration / .milliseconds(1))
                    state.sleepers.append(Sleeper(number: number, due: due, continuation: continuation))
                    state.count += 1
                    defer { state.watchers.removeAll { $0.count <= state.count } }
                    return state.watchers.filter { $0.count <= state.count }
                }
                watchers.forEach { $0.continuation.resume() }
                if Task.isCancelled { wake(number) }
            }
        } onCancel: {
            wake(number)
        }
    }

    private func wake(_ number: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let place = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
            return state.sleepers.remove(at: place)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
