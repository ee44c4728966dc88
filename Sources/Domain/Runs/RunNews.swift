import Synchronization

/// Wakes those here who follow a run by its log in the store.
package final class RunNews: Sendable {
    private let world: World
    private let bells = Mutex<[ID: [Bell]]>([:])

    init(world: World) {
        self.world = world
    }

    package func listen(to run: ID) -> Bell {
        let bell = Bell(world)
        bells.withLock { $0[run, default: []].append(bell) }
        return bell
    }

    package func leave(_ run: ID, _ bell: Bell) {
        bells.withLock { bells in
            bells[run]?.removeAll { $0 === bell }
            if bells[run]?.isEmpty == true { bells[run] = nil }
        }
    }

    /// Runs that somebody follows here so.
    var followed: [ID] { bells.withLock { Array($0.keys) } }

    func tell(_ runs: some Collection<ID>) {
        let told = bells.withLock { bells in bells.isEmpty ? [] : runs.flatMap { bells[$0] ?? [] } }
        told.forEach { $0.ring() }
    }

    func tellAll() {
        tell(followed)
    }
}
