import Domain

/// What a shop must do, and what its money must be: worked out of what was asked of it and what it told, by rules of
/// the auditor's own. Shares no code with the shop or the ledger. Money is in cents.
struct ShopAuditor: Sendable {
    /// A price that was quoted.
    struct Offer: Sendable {
        var account: Int
        var isTest: Bool
        var order: Order
        var category: String
        /// What is paid to the shop, and what the service keeps as its balance.
        var sold: Int
        var kept: Int
        var recurring: Int?
        var periods = 1
        var extending: Extension?
        var expires: Int64
        var buyer: ID?

        var total: Int { sold + kept }
    }

    /// More of a service.
    struct Extension: Hashable, Sendable {
        var service: ID
        var action: String
        var amount: Int
    }

    /// What a purchase draws of a budget.
    struct Draw: Sendable {
        var budget: BudgetKey
        var amount: Int
        /// What the budget begins with, where it is new.
        var opening: Int?
    }

    /// One budget in one period, under one version of its rules.
    struct BudgetKey: Hashable, Sendable {
        var account: Int
        var ruled: RuledBy
        var version: Int
        var isTest: Bool
        var measure: String
        var start: Int64
    }

    /// A purchase.
    struct Sale: Sendable {
        var id: ID
        var person: Person
        var offer: Offer
        var quote: ID?
        var status: String
        var opening: String
        var draws: [Draw]
        var created: Int64
        var approval: ID?
        var deadline: Int64 = 0
        var refunded = 0
        var service: ID?
        /// Of a renewal, when what it pays for begins.
        var start: Int64 = 0

        var isOpen: Bool { ShopAuditor.open.contains(status) }
        var isUndone: Bool { ShopAuditor.undone.contains(status) }
    }

    /// A service.
    struct Thing: Sendable {
        var id: ID
        var person: Person
        var order: Order
        var status: String
        var recurring: Int?
        var paidUntil: Int64?
        var renews: Bool
        /// How often a renewal was paid back.
        var reductions = 0
        /// What of its balance was given back.
        var givenBack = 0
    }

    /// A change of a service, what of its balance it costs, and who has to agree to it until when.
    struct Job: Sendable {
        var service: ID
        var person: Person
        var task: Task
        var cents: Int
        var status = "running"
        var approval: ID?
        var deadline: Int64 = 0

        var isOpen: Bool { ["awaiting_approval", "running", "reconciling"].contains(status) }
    }

    /// What is done with a service.
    enum Task: Sendable {
        case change
        case end(atPeriodEnd: Bool)
    }

    /// What a key of idempotency stands for.
    struct Claim: Sendable {
        var request: String
        var subject: ID?
    }

    static let open: Set = ["awaiting_approval", "authorized", "provisioning", "action_required", "reconciling"]
    static let undone: Set = ["denied", "failed", "rejected", "expired", "canceled"]

    var now: Int64
    var sales: [ID: Sale] = [:]
    var offers: [ID: Offer] = [:]
    var things: [ID: Thing] = [:]
    var jobs: [ID: Job] = [:]
    var wares = Ware.all
    var frozen: Set<Int> = []
    /// By account, and whether it is play: what was put in and taken out by owners.
    var funds: [Wallet: Int] = [:]
    var rules: [RuleKey: (version: Int, rules: HouseRules)] = [:]
    var openings: [BudgetKey: Int] = [:]
    var claims: [String: Claim] = [:]
    /// Renewals that the shop began by itself, by service and period.
    var renewals: Set<String> = []
    var versions = 0

    struct Wallet: Hashable, Sendable {
        var account: Int
        var isTest: Bool
    }

    struct RuleKey: Hashable, Sendable {
        var account: Int
        var ruled: RuledBy
    }

    init(now: Int64) {
        self.now = now
    }

    mutating func set(clock now: Int64) { self.now = now }
}

/// What must come of a command.
struct Forecast: Sendable {
    /// What may be answered.
    var labels: Set<String>
    /// What must be told, in order.
    var events: [String]
    /// Whether more may be told after that, as far as it may be at all.
    var mayGoOn = false
    /// What is made, if anything is.
    var making: Making?

    init(_ label: String, _ events: [String] = [], making: Making? = nil) {
        labels = [label]
        self.events = events
        self.making = making
    }

    static func refused(_ code: String) -> Forecast { Forecast(code) }

    var isRefusal: Bool { events.isEmpty && making == nil && !mayGoOn }
}

/// A purchase as it is asked for.
struct Bargain: Sendable {
    var offer: ShopAuditor.Offer
    var quote: ID?
    var person: Person
    var draws: [ShopAuditor.Draw]
    /// How long a person may take to agree.
    var minutes: Int
    var claim: String
    var request: String
}

/// A command's own knowledge, which what it tells is understood by.
enum Making: Sendable {
    case sale(Bargain)
    case agreed(ID, [ShopAuditor.Draw])
    case money(ShopAuditor.Wallet, cents: Int)
    case rules(ShopAuditor.RuleKey, HouseRules)
    case ware(Int, Ware)
    case frozen(Int, Bool)
    case refund(ID, cents: Int, ofBalance: Int, claim: String, request: String)
    case claim(String, request: String, subject: ID?)
    case job(ShopAuditor.Job, claim: String?, request: String)
    case renews(ID, Bool, claim: String?)
}
