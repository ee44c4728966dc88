package import Logging

/// Removes what is past its retention, a little at a time.
package struct Housekeeping: Sendable {
    static let interval = Duration.seconds(600)
    /// What goes in one transaction: little enough that whoever else wants to write hardly notices.
    static let runs = 10
    static let files = 2
    static let claims = 200
    static let callbacks = 50
    static let quotes = 1000
    static let tickets = 200
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
        let abandoned = now.adding(seconds: -Self.abandonedSeconds)
        try await repeatedly(Self.runs) { try $0.trimEvents(endedBefore: events, limit: $1) }
        try await repeatedly(Self.files) {
            try $0.removeFiles(before: files, incompleteBefore: abandoned, limit: $1)
        }
        try await repeatedly(Self.claims) { try $0.forgetClaims(before: claims, limit: $1) }
        try await repeatedly(Self.tickets) { try $0.forgetUploadTickets(before: files, limit: $1) }
        try await repeatedly(Self.tickets) { try $0.forgetRateWindows(before: now, limit: $1) }
        // A day after they have expired: until then one is told that they have.
        let quotes = ID.first(at: now.adding(hours: -25))
        try await repeatedly(Self.quotes) {
            try $0.removeRecords(of: Quote.kind, on: "open", before: quotes, limit: $1)
        }
        try await repeatedly(Self.callbacks) { try $0.forgetCallbacks(before: events, limit: $1) }
    }

    /// Removes batch after batch, each in a transaction of its own, until there is less than one left.
    private func repeatedly(
        _ batch: Int, _ remove: @escaping @Sendable (any Transaction, _ limit: Int) throws -> Int
    ) async throws {
        while !Task.isCancelled, try await store.write({ try remove($0, batch) }) >= batch {}
    }
}
