/// What the domain cannot make up itself: time, chance and waiting.
package struct World: Sendable {
    package var now: @Sendable () -> Timestamp
    package var random: @Sendable (_ count: Int) -> [UInt8]
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
    }

    package func newID() -> ID { ID(at: now(), random: random) }
}
