import Domain

/// What somebody asks of a shop, or what befalls it.
enum ShopCommand: Sendable {
    case quote(Person, Order)
    case check(Person, ID)
    case buy(Person, quote: ID, ShopAuditor.Terms)
    case order(Person, Order, ShopAuditor.Terms)
    case extend(Person, ID, action: String, amount: Int, ShopAuditor.Terms)
    case cancel(Person, ID, key: String?)
    case decide(Person, ID, isApproval: Bool)
    case refund(Person, ID, cents: Int?, key: String)
    case resolve(Person, ID)
    case receipt(Person, ID)
    case end(Person, ID, atPeriodEnd: Bool, key: String)
    case renewing(Person, ID, Bool)
    case job(Person, ID, action: String, isDestructive: Bool, key: String?)
    case fund(Person, cents: Int, isTest: Bool)
    case adjust(Person, cents: Int, isTest: Bool)
    case askForMoney(Person, cents: Int, key: String)
    case freeze(Person, Bool)
    case rules(Person, RuledBy, HouseRules)
    case ware(Person, Int, Ware)
    case wallet(Person)
    /// What is due, on one of the servers.
    case work
    /// Quotes that are long over.
    case forget
    case clock(milliseconds: Int64)
    /// A server is lost, with all that it knew, and another comes.
    case restart

    /// As a tally counts it.
    var name: String { String("\(self)".prefix { $0 != "(" }) }

    /// Whether its answers are few enough to be counted.
    var isCounting: Bool { if case .wallet = self { false } else { true } }

    /// Whether it writes, so that the storage may fail it.
    var mayFail: Bool {
        switch self {
        case .quote, .check, .receipt, .wallet, .clock, .restart, .forget: false
        default: true
        }
    }
}

extension ShopAuditor {
    /// What must come of a command; nil for what is told by itself.
    func forecast(_ command: ShopCommand) -> Forecast? {
        switch command {
        case .quote(let person, let order): forecastQuote(order, by: person)
        case .check(let person, let quote): forecastCheck(quote, by: person)
        case .buy(let person, let quote, let terms):
            forecastPurchase(offers[quote], or: nil, quote: quote, by: person, terms, request: "quote \(quote)")
        case .order(let person, let order, let terms): forecastOrder(order, by: person, terms)
        case .extend(let person, let service, let action, let amount, let terms):
            forecastExtension(
                of: service, action, amount, by: person, terms, request: "\(service) \(action) \(amount)")
        case .cancel(let person, let id, let key): forecastCancel(id, by: person, key: key)
        case .decide(let person, let id, let isApproval): forecastDecision(id, isApproval: isApproval, by: person)
        case .refund(let person, let id, let cents, let key):
            forecastRefund(of: id, cents: cents, by: person, key: key)
        case .receipt(let person, let id): forecastReceipt(of: id, by: person)
        case .end(let person, let id, let atPeriodEnd, let key):
            forecastEnd(of: id, atPeriodEnd: atPeriodEnd, by: person, key: key)
        case .renewing(let person, let id, let renews): forecastRenewing(id, renews, by: person)
        case .job(let person, let id, let action, let isDestructive, let key):
            forecastJob(action, on: id, isDestructive: isDestructive, by: person, key: key)
        case .fund(let person, let cents, let isTest): forecastFunding(cents: cents, isTest: isTest, by: person)
        case .adjust(let person, let cents, let isTest): forecastAdjustment(cents: cents, isTest: isTest, by: person)
        case .askForMoney(let person, let cents, let key): forecastAsking(cents: cents, by: person, key: key)
        case .freeze(let person, let isFrozen): forecastFreezing(isFrozen, by: person)
        case .rules(let person, let ruled, let rules): forecastRules(rules, for: ruled, by: person)
        case .ware(let person, let place, let ware): forecastWare(place, ware, by: person)
        case .wallet(let person): forecastWallet(of: person)
        case .resolve, .work, .forget, .clock, .restart: nil
        }
    }

    private func forecastOrder(_ order: Order, by person: Person, _ terms: Terms) -> Forecast {
        let request = "\(order)"
        return switch priced(order, for: person) {
        case .offer(let offer):
            forecastPurchase(offer, or: nil, quote: nil, by: person, terms, request: request)
        case .taken(let offer):
            forecastPurchase(offer, or: "item_unavailable", quote: nil, by: person, terms, request: request)
        case .refused(let code):
            forecastPurchase(nil, or: code, quote: nil, by: person, terms, request: request)
        }
    }
}
