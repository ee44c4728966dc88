/// Who deals with the shop of a world: an owner, an agent with one of its keys, or the shop itself for one of them.
struct Person: Hashable, Sendable {
    enum Role: Hashable, Sendable {
        case owner, agent, renewal
    }

    var account: Int
    var role: Role
    var agent: String?
    var key: Int?
    var isTest: Bool

    init(_ role: Role, of account: Int, agent: String? = nil, key: Int? = nil, isTest: Bool = false) {
        self.account = account
        self.role = role
        self.agent = agent
        self.key = key
        self.isTest = isTest
    }

    var isOwner: Bool { role == .owner }

    /// Everybody in a world; keys are numbered from 0.
    static let all = [
        Person(.owner, of: 0), Person(.agent, of: 0, agent: "shopper", key: 0),
        Person(.agent, of: 0, agent: "shopper", key: 1), Person(.agent, of: 0, agent: "runner", key: 2),
        Person(.agent, of: 0, agent: "shopper", key: 3, isTest: true), Person(.owner, of: 1),
        Person(.agent, of: 1, agent: "spy", key: 4),
    ]
}

/// Something that is sold in a world. Prices are in cents.
struct Ware: Sendable {
    var id: String
    var category: String
    var type: String
    var depot: String
    var cents: Int
    var months: Int?
    var isImmediate = false
    var isReal = false
    var isDisabled = false

    static let all = [
        Ware(id: "cat_name", category: "domains", type: "domain", depot: "depot", cents: 1200, months: 12),
        Ware(id: "cat_machine", category: "compute", type: "server", depot: "depot", cents: 2400, months: 1),
        Ware(id: "cat_disk", category: "storage", type: "storage_service", depot: "depot", cents: 300),
        Ware(id: "cat_line", category: "telephony", type: "phone_number", depot: "depot", cents: 250),
        Ware(id: "cat_land", category: "storage", type: "storage_service", depot: "yard", cents: 700, isReal: true),
        Ware(
            id: "cat_words", category: "api_tokens", type: "llm_router", depot: "instant", cents: 500,
            isImmediate: true),
    ]

    /// Which depots there are.
    static let depots = ["depot", "yard", "instant"]
}

/// What somebody would like to have of a ware.
struct Order: Hashable, Sendable {
    /// Its place among the wares; none has -1.
    var ware: Int
    var quantity: Int
    var name = "garden"
    var size: Int?
    var renews: Bool?
    /// Dollars.
    var balance: Int?

    init(ware: Int, quantity: Int = 1) {
        self.ware = ware
        self.quantity = quantity
    }
}

/// Whom rules are made for.
enum RuledBy: Hashable, Sendable {
    case account
    case agent(String)
    case key(Int)

    func covers(_ agent: String?, _ key: Int?) -> Bool {
        switch self {
        case .account: true
        case .agent(let name): name == agent
        case .key(let number): number == key
        }
    }
}
