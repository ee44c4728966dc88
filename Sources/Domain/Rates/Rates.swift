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
        /// For how many it counts: one request, or so many tokens.
        package var weight: Int

        package init(_ name: String, _ rule: RateRule, weight: Int = 1) {
            self.name = name
            self.rule = rule
            self.weight = weight
        }
    }

    /// Counts a request under each of the names, or under none if it is refused under one.
    /// - Returns: the standing that leaves least; nil where nothing is to be counted.
    package func take(_ claims: [Claim]) async throws -> RateWindow.Standing? {
        let standings = try await takeEach(claims)
        let refused = standings.filter(\.isRefused).max { $0.resetSeconds < $1.resetSeconds }
        return refused ?? standings.min { $0.remaining < $1.remaining }
    }

    /// The same, with the standing under each of the names, in their order.
    package func takeEach(_ claims: [Claim]) async throws -> [RateWindow.Standing] {
        guard !claims.isEmpty else { return [] }
        // In one order, so that no two wait for each other.
        let ordered = claims.enumerated().sorted { $0.element.name < $1.element.name }
        let now = world.now()
        let taken = try await store.write { rows in
            var windows: [RateWindow] = []
            var standings: [RateWindow.Standing] = []
            for (_, claim) in ordered {
                var window = try rows.rateWindow(named: claim.name).map { RateWindow(bytes: $0) } ?? RateWindow()
                standings.append(window.standing(claim.rule, at: now, weight: claim.weight))
                windows.append(window)
            }
            if standings.contains(where: \.isRefused) { return standings }
            for (place, (_, claim)) in ordered.enumerated() {
                windows[place].count(weight: claim.weight)
                standings[place] = windows[place].standing(claim.rule, at: now)
                standings[place].isRefused = false
                try rows.put(
                    rateWindow: windows[place].bytes, named: claim.name,
                    until: now.adding(seconds: 2 * claim.rule.seconds))
            }
            return standings
        }
        return zip(ordered, taken).sorted { $0.0.offset < $1.0.offset }.map(\.1)
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
