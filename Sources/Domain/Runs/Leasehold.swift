import Synchronization

/// A server's lease on the runs it answers: nobody else touches them while it lasts.
///
/// Its end is measured by the server's own clock from before the storage was asked, so the server always thinks its
/// lease shorter than the storage does. Past it the server neither writes to its runs nor shows them to anyone.
package final class Leasehold: Sendable {
    package static let seconds = 5
    static let renewal = Duration.seconds(1)
    /// How much sooner than the storage the holder thinks that it is over.
    private static let margin: Int64 = 500_000_000

    private let store: any Store
    private let world: World
    /// By the world's uptime, in nanoseconds.
    private let end: Atomic<Int64>
    private let held = Atomic<Int64>(0)
    private let others = Atomic<Int>(0)
    private let givenBack = Atomic(false)
    private let lost = Ear<Int64>()

    init(store: any Store, world: World) {
        self.store = store
        self.world = world
        end = Atomic(store.isShared ? .min : .max)
    }

    /// Sets who is told, once for each lease, that it is over although it was not given back; in a task of its own,
    /// because whoever finds out may hold locks.
    func onLost(_ told: @escaping @Sendable (_ number: Int64) -> Void) {
        lost.listen(told)
    }

    package var number: Int64 { held.load(ordering: .acquiring) }

    /// Whether another server stands on the same store.
    var hasNeighbours: Bool { others.load(ordering: .relaxed) > 0 }

    /// How many servers stand on the store, this one included.
    var holders: Int { others.load(ordering: .relaxed) + 1 }

    /// Whether it lasts. The first who finds that it does not makes it known.
    package var isHeld: Bool {
        let end = end.load(ordering: .acquiring)
        if end == .max || world.uptime() < end { return true }
        lose(endingAt: end)
        return false
    }

    /// Whether it lasts and is this one, not one that was taken since.
    func isHeld(as number: Int64) -> Bool { isHeld && number == self.number }

    /// A new one.
    func take() async throws {
        let asked = world.uptime()
        let number = try await store.write { try $0.takeLease(seconds: Self.seconds) }
        held.store(number, ordering: .releasing)
        if store.isShared { end.store(asked + Self.length, ordering: .releasing) }
    }

    /// Lengthens it, or learns that it is over.
    func renew() async throws {
        let (asked, number) = (world.uptime(), number)
        let holders = try await store.writeFirst { try $0.renewLease(number, seconds: Self.seconds) }
        guard store.isShared else { return }
        guard holders > 0 else { return lose(endingAt: end.load(ordering: .acquiring)) }
        others.store(holders - 1, ordering: .relaxed)
        if isHeld { end.store(asked + Self.length, ordering: .releasing) }
    }

    /// Whether it will not be taken again.
    var isGivenBack: Bool { givenBack.load(ordering: .relaxed) }

    func giveBack() async throws {
        let (number, isHeld) = (number, isHeld)
        givenBack.store(true, ordering: .relaxed)
        end.store(.min, ordering: .releasing)
        // One that is over ends without a word, and the store may have none to say.
        guard isHeld else { return }
        try await store.write { try $0.endLease(number) }
    }

    /// A write under a lease that is over by the storage's clock.
    struct Over: Error {}

    /// The storage says that the one with this number is over.
    func noteOver(_ number: Int64) {
        // In this order: the end of a newer one is set after its number.
        let end = end.load(ordering: .acquiring)
        if number == self.number { lose(endingAt: end) }
    }

    private func lose(endingAt known: Int64) {
        guard known != .min, known != .max else { return }
        guard end.compareExchange(expected: known, desired: .min, ordering: .acquiringAndReleasing).exchanged else {
            return
        }
        let (lost, number) = (lost, number)
        Task { lost.tell(number) }
    }

    private static let length = Int64(seconds) * 1_000_000_000 - margin
}
