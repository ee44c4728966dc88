package import Ledger

/// What an owner allows, asks to be asked for, or forbids; for an account, an agent or a key. A layer can only narrow
/// what the one above it allows.
package struct Policy: Sendable, Equatable {
    /// Calendar periods, in UTC; a week begins on Monday.
    package enum Interval: String, Sendable, Codable, CaseIterable {
        case perPurchase = "per_purchase"
        case hourly, daily, weekly, monthly, yearly
        case allTime = "all_time"
    }

    /// So much money in so much time.
    package struct SpendLimit: Sendable, Equatable {
        package var id: String?
        package var interval: Interval
        package var amount: Money
        /// nil for every category.
        package var categories: [String]?
    }

    /// So many purchases in so much time.
    package struct PurchaseLimit: Sendable, Equatable {
        package var id: String?
        package var interval: Interval
        package var count: Int64
    }

    /// So many services at once.
    package struct ServiceLimit: Sendable, Equatable {
        package var type: String?
        package var count: Int
    }

    /// When a person is to be asked; all of its conditions together. One without conditions always asks.
    package struct ApprovalRule: Sendable, Equatable {
        package var id: String?
        package var above: Money?
        package var categories: [String]?
        package var firstOfCategory: Bool
        package var recurring: Bool
        package var destructiveAction: Bool
        /// Hours of the day in UTC within which nobody is asked, from the first to before the second.
        package var outsideHours: (from: Int, to: Int)?

        package static func == (left: Self, right: Self) -> Bool {
            left.id == right.id && left.above == right.above && left.categories == right.categories
                && left.firstOfCategory == right.firstOfCategory && left.recurring == right.recurring
                && left.destructiveAction == right.destructiveAction
                && left.outsideHours?.from == right.outsideHours?.from
                && left.outsideHours?.to == right.outsideHours?.to
        }
    }

    /// What a member of a configuration must be, by all that is said of it. A member that is missing is refused only
    /// where its values are listed.
    package struct Constraint: Sendable, Equatable {
        /// `$.periodYears`
        package var path: String
        package var among: [JSONValue]?
        package var most: Double?
        package var least: Double?
        /// A regular expression that all of a text matches.
        package var pattern: String?
        package var equals: JSONValue?
        /// Whose configurations it is about; nil for every category's.
        package var categories: [String]?
    }

    /// What a key of the router may be made with.
    package struct RouterRule: Sendable, Equatable {
        package var allowedModels: [String]?
        package var maxKeyLimit: Money?
        package var requestsPerMinute: Int?
        package var tokensPerMinute: Int?
        package var maxTokens: Int?
    }

    package var frozen = false
    package var validFrom: Timestamp?
    package var expiresAt: Timestamp?
    package var allowedCategories: [String]?
    package var blockedCategories: [String] = []
    package var allowedItems: [String]?
    package var blockedItems: [String] = []
    /// nil for every scope.
    package var scopes: [String]?
    package var maxPerPurchase: Money?
    package var maxQuantity: Int?
    package var spendLimits: [SpendLimit] = []
    /// Two limits never have the same interval; those of money may, for different categories.
    package var maxPurchases: [PurchaseLimit] = []
    package var maxActiveServices: [ServiceLimit] = []
    package var approval: [ApprovalRule] = []
    package var approvalTTLMinutes: Int?
    package var constraints: [Constraint] = []
    package var recurringAllowed: Bool?
    package var maxRecurringPerPeriod: Money?
    package var router: RouterRule?
    /// Ranges of addresses (CIDR) that requests come from; nil for everywhere.
    package var sourceCIDRs: [String]?
    package var duplicateWindowMinutes: Int?

    package init() {}
}

/// A policy as it is kept: one version of what is set for one subject.
package struct PolicyVersion: ShopRecord, Equatable {
    package static let kind = "policy"

    /// For whom it is set.
    package enum Subject: Sendable, Equatable {
        case account
        case agent(String)
        case key(ID)

        /// `account`, `agent:shopper`, `key:0190…`
        package var text: String {
            switch self {
            case .account: "account"
            case .agent(let label): "agent:\(label)"
            case .key(let id): "key:\(id.uuid)"
            }
        }

        /// nil for a text that names none.
        package init?(text: String) {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            case ("account", 1): self = .account
            case ("agent", 2): self = .agent(parts[1])
            case ("key", 2):
                guard let id = ID(uuid: parts[1]) else { return nil }
                self = .key(id)
            default: return nil
            }
        }

        package var layer: String {
            switch self {
            case .account: "account"
            case .agent: "agent"
            case .key: "key"
            }
        }
    }

    package var id: ID
    package var account: ID
    /// `PolicyVersion.Subject.text`
    package var subject: String
    /// From 1 on, within its subject.
    package var number: Int64
    /// The policy as it was written, an object in JSON.
    package var document: JSONValue
    package var actor: String
    package var createdAt: Timestamp
    package var isCurrent = true
    package var version: Int64 = 1

    package var shelf: String { isCurrent ? "current" : "replaced" }
    package var label: String { subject }
}
