import Synchronization

/// Wakes those here who follow a run that another server answers.
package final class RunNews: Sendable {
    /// One follower's ear; what is said between two waits is not missed.
    package final class Ear: Sendable {
        private struct State {
            var hasHeard = false
            var waiting: CheckedContinuation<Void, Never>?
        }

        private let world: World
        private let state = Mutex(State())

        init(_ world: World) {
            self.world = world
        }

        func tell() {
            let waiting = state.withLock { state in
                state.hasHeard = state.waiting == nil
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }

        /// Until something is said, or the time is over.
        package func wait(atMost time: Duration) async {
            let timer = Task {
                try await world.sleep(time)
                self.tell()
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if !state.hasHeard { state.waiting = continuation }
                        defer { state.hasHeard = false }
                        return state.hasHeard
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                tell()
            }
            timer.cancel()
        }
    }

    private let world: World
    private let ears = Mutex<[ID: [Ear]]>([:])

    init(world: World) {
        self.world = world
    }

    package func listen(to run: ID) -> Ear {
        let ear = Ear(world)
        ears.withLock { $0[run, default: []].append(ear) }
        return ear
    }

    package func leave(_ run: ID, _ ear: Ear) {
        ears.withLock { ears in
            ears[run]?.removeAll { $0 === ear }
            if ears[run]?.isEmpty == true { ears[run] = nil }
        }
    }

    /// Runs of other servers that somebody follows here.
    var followed: [ID] { ears.withLock { Array($0.keys) } }

    func tell(_ runs: [ID]) {
        let told = ears.withLock { ears in runs.flatMap { ears[$0] ?? [] } }
        told.forEach { $0.tell() }
    }

    func tellAll() {
        tell(followed)
    }
}
