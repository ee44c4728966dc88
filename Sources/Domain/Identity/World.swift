/// What the domain cannot make up itself: time, chance and waiting.
package struct World: Sendable {
    package var now: @Sendable () -> Timestamp
    /// Nanoseconds by a clock that nobody sets, and that runs on while the process is stopped.
    package var uptime: @Sendable () -> Int64
    package var random: @Sendable (_ count: Int) -> [UInt8]
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.random = random
        self.sleep = sleep
    }

    package func newID() -> ID { ID(at: now(), random: random) }
}
