package import Logging

/// Removes what is past its retention, a little at a time.
package struct Housekeeping: Sendable {
    static let interval = Duration.seconds(600)
    static let batch = 200
    /// After which an upload that never completed is taken for abandoned.
    static let abandonedSeconds = 3600

    private let store: any Store
    private let world: World
    private let limits: Limits
    private let logger: Logger

    package init(store: any Store, world: World, limits: Limits, logger: Logger) {
        self.store = store
        self.world = world
        self.limits = limits
        self.logger = logger
    }

    /// Cleans now and then, until canceled.
    package func keep() async {
        while !Task.isCancelled {
            do {
                try await clean()
            } catch {
                logger.warning("Housekeeping failed", metadata: ["cause": "\(error)"])
            }
            try? await world.sleep(Self.interval)
        }
    }

    package func clean() async throws {
        let now = world.now()
        let events = now.adding(hours: -24 * limits.eventsDays)
        let files = now.adding(hours: -24 * limits.filesDays)
        let claims = now.adding(hours: -limits.idempotencyHours)
        while try await store.write({ try $0.trimEvents(endedBefore: events, limit: Self.batch) }) == Self.batch {}
        let abandoned = now.adding(seconds: -Self.abandonedSeconds)
        while try await store.write({
            try $0.removeFiles(before: files, incompleteBefore: abandoned, limit: Self.batch)
        }) == Self.batch {}
        try await store.write { try $0.forgetClaims(before: claims) }
    }
}
