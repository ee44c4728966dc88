package import Ledger

/// What answers of the router have cost, together.
package struct RouterUsage: Sendable, Equatable {
    /// By what it is told apart.
    package enum Group: String, Sendable, CaseIterable {
        case model, key, day
    }

    /// What some of the answers have cost.
    package struct Sum: Sendable, Equatable {
        package var requests = 0
        package var inputTokens = 0
        package var outputTokens = 0
        package var cost = Money.zero
        /// Bounds of answers that are under way.
        package var held = Money.zero

        package init() {}
    }

    package var total = Sum()
    /// By the model's name, the key's id or the day in UTC, in their order; empty where nothing was asked for.
    package var groups: [(name: String, sum: Sum)] = []

    package init() {}

    package static func == (left: Self, right: Self) -> Bool {
        left.total == right.total && left.groups.elementsEqual(right.groups, by: ==)
    }
}

/// What a key of the router may still spend.
package struct RouterKeyStanding: Sendable, Equatable {
    package var limit: Money?
    /// Within the time of its limit; of a key without one ever.
    package var used: Money
    package var held: Money
    /// nil for a key without a limit.
    package var remaining: Money?
    package var resetsAt: Timestamp?
    /// What is left of the service's credits.
    package var credits: Money

    package init(limit: Money?, used: Money, held: Money, remaining: Money?, resetsAt: Timestamp?, credits: Money) {
        self.limit = limit
        self.used = used
        self.held = held
        self.remaining = remaining
        self.resetsAt = resetsAt
        self.credits = credits
    }
}
