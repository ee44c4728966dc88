import Logging

/// Looking after generations whose end nobody has told: those of a killed server, or whose payment failed.
extension ModelRouter {
    private static let interval = Duration.seconds(5)
    private static let atOnce = 100

    /// Looks now and then, until canceled.
    package func keep() async {
        while !Task.isCancelled {
            do {
                try await sweep()
            } catch {
                logger.warning("Open generations could not be looked after", metadata: ["cause": "\(error)"])
            }
            try? await world.sleep(Self.interval)
        }
    }

    /// Has those paid whose time is over and whose run has ended.
    /// - Returns: how many.
    @discardableResult
    package func sweep() async throws -> Int {
        var count = 0
        while true {
            let now = world.now()
            let due = try await store.write {
                try $0.takeDue(
                    Generation.self, at: now, until: now.adding(seconds: Self.graceSeconds), limit: Self.atOnce)
            }
            count += try await pay(due)
            if due.count < Self.atOnce { return count }
        }
    }

    /// Has all paid whose run has ended, whenever they are due. Called before the server says it is ready, after the
    /// runs that a killed server left were ended.
    /// - Returns: how many.
    @discardableResult
    package func settleLeftovers() async throws -> Int {
        var count = 0
        var page = RecordPage(account: nil)
        page.shelves = [Generation.Status.open.rawValue]
        page.newestFirst = false
        page.limit = Self.atOnce
        while true {
            let asked = page
            let open = try await store.read { try $0.list(Generation.self, asked) }
            count += try await pay(open)
            guard let last = open.last, open.count == Self.atOnce else { return count }
            page.after = last.id
        }
    }

    /// One that cannot be paid keeps no other from it.
    private func pay(_ generations: [Generation]) async throws -> Int {
        var count = 0
        for generation in generations {
            do {
                if let paid = try await pay(generation.id), paid.status != .open { count += 1 }
            } catch let refusal as Refusal where refusal.reason != .unavailable {
                logger.error(
                    "A generation cannot be paid",
                    metadata: ["generation": "\(generation.id)", "cause": "\(refusal.message)"])
            }
        }
        return count
    }
}
