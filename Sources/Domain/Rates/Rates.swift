/// Holds callers to their rates, on all servers together.
package struct Rates: Sendable {
    private let store: any Store
    private let world: World

    package init(store: any Store, world: World) {
        self.store = store
        self.world = world
    }

    /// A name under which requests are counted, and how many there may be.
    package struct Claim: Sendable {
        package var name: String
        package var rule: RateRule

        package init(_ name: String, _ rule: RateRule) {
            self.name = name
            self.rule = rule
        }
    }

    /// Counts a request under each of the names, or under none if it is refused under one.
    /// - Returns: the standing that leaves least; nil where nothing is to be counted.
    package func take(_ claims: [Claim]) async throws -> RateWindow.Standing? {
        guard !claims.isEmpty else { return nil }
        // In one order, so that no two wait for each other.
        let ordered = claims.sorted { $0.name < $1.name }
        let now = world.now()
        return try await store.write { rows in
            var windows: [RateWindow] = []
            var standings: [RateWindow.Standing] = []
            for claim in ordered {
                var window = try rows.rateWindow(named: claim.name).map { RateWindow(bytes: $0) } ?? RateWindow()
                standings.append(window.standing(claim.rule, at: now))
                windows.append(window)
            }
            if let refused = standings.filter(\.isRefused).max(by: { $0.resetSeconds < $1.resetSeconds }) {
                return refused
            }
            for (place, claim) in ordered.enumerated() {
                windows[place].count()
                standings[place] = windows[place].standing(claim.rule, at: now)
                standings[place].isRefused = false
                try rows.put(
                    rateWindow: windows[place].bytes, named: claim.name,
                    until: now.adding(seconds: 2 * claim.rule.seconds))
            }
            return standings.min { $0.remaining < $1.remaining }
        }
    }
}

/// The rates of one dialect; a rate of no requests is none.
package struct DialectRates: Sendable, Equatable {
    package var account = 0
    package var client = 0
    package var agent = 0

    package init(account: Int = 0, client: Int = 0, agent: Int = 0) {
        self.account = account
        self.client = client
        self.agent = agent
    }

    /// What a request of a principal to an agent is counted under, each for a minute.
    package func claims(in dialect: String, _ principal: Principal, agent code: String) -> [Rates.Claim] {
        let owner = principal.account.uuid
        let counted = [
            ("\(dialect)/account/\(owner)", account), ("\(dialect)/client/\(owner)/\(principal.id)", client),
            ("\(dialect)/agent/\(owner)/\(code)", agent),
        ]
        return counted.filter { $0.1 > 0 }.map { Rates.Claim($0.0, RateRule(requests: $0.1, seconds: 60)) }
    }
}
