package import Ledger

/// What one rule said of a purchase.
package struct PolicyTrace: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable, Comparable {
        case allow, ask, deny

        /// What it does to a purchase, as everybody is told it.
        package var word: String { self == .ask ? "require_approval" : rawValue }

        private var weight: Int { self == .allow ? 0 : self == .ask ? 1 : 2 }
        package static func < (left: Self, right: Self) -> Bool { left.weight < right.weight }
    }

    /// `platform`, `account`, `agent` or `key`.
    package var layer: String
    /// `maxPerPurchaseMinor`, `spendLimits[0]`, or the id that the rule was given.
    package var rule: String
    package var outcome: Outcome
    package var limit: Money?
    package var used: Money?
    package var held: Money?
    package var resetsAt: Timestamp?
    package var message: String

    package init(
        layer: String, rule: String, outcome: Outcome, limit: Money? = nil, used: Money? = nil, held: Money? = nil,
        resetsAt: Timestamp? = nil, message: String
    ) {
        self.layer = layer
        self.rule = rule
        self.outcome = outcome
        self.limit = limit
        self.used = used
        self.held = held
        self.resetsAt = resetsAt
        self.message = message
    }
}
