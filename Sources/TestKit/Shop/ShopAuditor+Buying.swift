import Domain

/// What must come of quotes and purchases.
extension ShopAuditor {
    /// A price, or the code of the refusal.
    enum Priced {
        case offer(Offer)
        case refused(String)
        /// It can be priced, but not be had.
        case taken(Offer)
    }

    static let quoteMilliseconds: Int64 = 900_000

    func priced(_ order: Order, for person: Person) -> Priced {
        guard wares.indices.contains(order.ware) else { return .refused("notFound") }
        let ware = wares[order.ware]
        guard !ware.isDisabled else { return .refused("item_unavailable") }
        guard (1...100).contains(order.quantity) else { return .refused("invalid") }
        guard !person.isTest || !ware.isReal else { return .refused("item_unavailable") }
        guard order.size.map({ (1...9).contains($0) }) ?? true else { return .refused("configuration_invalid") }
        let offer = offer(of: order, for: person)
        return order.name == "taken" ? .taken(offer) : .offer(offer)
    }

    private func offer(of order: Order, for person: Person) -> Offer {
        let ware = wares[order.ware]
        let pieces = ware.cents * order.quantity * (order.size ?? 1)
        let kept = ware.isImmediate ? pieces : (order.balance ?? 0) * 100
        return Offer(
            account: person.account, isTest: person.isTest, order: order, category: ware.category,
            sold: ware.isImmediate ? 0 : pieces, kept: kept, recurring: ware.months == nil ? nil : pieces,
            expires: now + Self.quoteMilliseconds)
    }

    /// Of more of a service, at the prices it was bought at.
    func offer(_ action: String, _ amount: Int, of thing: Thing) -> Offer? {
        let ware = wares[thing.order.ware]
        var offer = Offer(
            account: thing.person.account, isTest: thing.person.isTest, order: thing.order, category: ware.category,
            sold: 0, kept: 0, extending: Extension(service: thing.id, action: action, amount: amount),
            expires: now + Self.quoteMilliseconds)
        if action == "phone_balance_topup" {
            offer.kept = amount * 100
        } else {
            guard let recurring = thing.recurring else { return nil }
            (offer.sold, offer.recurring, offer.periods) = (recurring * amount, recurring, amount)
        }
        return offer
    }

    func forecastQuote(_ order: Order, by person: Person) -> Forecast {
        switch priced(order, for: person) {
        case .refused(let code): return .refused(code)
        case .taken: return .refused("item_unavailable")
        case .offer(let offer):
            var forecast = Forecast("quoted \(Self.words[verdict(on: offer, for: person).weight])")
            forecast.mayGoOn = true
            return forecast
        }
    }

    static let words = ["allow", "ask", "deny"]

    /// The offer of a quote as it may be bought, or why not.
    private func fault(of offer: Offer, at current: Int, most: Int?) -> String? {
        if offer.buyer != nil { return "quote_already_purchased" }
        if offer.expires <= now { return "quote_expired" }
        if wares[offer.order.ware].isDisabled { return "item_unavailable" }
        if current != offer.total { return "price_changed" }
        if let most, offer.total > most { return "max_total_exceeded" }
        if frozen.contains(offer.account) { return "wallet_frozen" }
        if let extending = offer.extending {
            let status = things[extending.service]?.status ?? ""
            if !["active", "suspended", "cancel_scheduled"].contains(status) { return "item_unavailable" }
        }
        return nil
    }

    struct Terms: Sendable {
        var key: String
        var most: Int?
        var allowsDuplicate = false

        init(key: String) {
            self.key = key
        }
    }

    /// - Parameter request: all of it in letters, to be told from another with the same key.
    func forecastPurchase(
        _ offer: Offer?, or refusal: String?, quote: ID?, by person: Person, _ terms: Terms, request: String
    ) -> Forecast {
        let claim = Self.place(person, "purchases", terms.key)
        if let standing = claims[claim] {
            guard standing.request == request else { return .refused("mismatch") }
            let opening = standing.subject.flatMap { sales[$0]?.opening } ?? "?"
            return Forecast("repeated \(opening)", making: .claim(claim, request: request, subject: standing.subject))
        }
        if let refusal { return .refused(refusal) }
        guard let offer, offer.account == person.account else { return .refused("notFound") }
        if offer.buyer != nil { return .refused("quote_already_purchased") }
        if offer.isTest != person.isTest { return .refused("notFound") }
        let current = offer.extending == nil ? self.offer(of: offer.order, for: person).total : offer.total
        if let fault = fault(of: offer, at: current, most: terms.most) { return .refused(fault) }
        if !terms.allowsDuplicate, isDuplicate(offer, by: person) { return .refused("possible_duplicate") }
        return decide(offer, quote, person, claim, request)
    }

    private func decide(
        _ offer: Offer, _ quote: ID?, _ person: Person, _ claim: String, _ request: String
    ) -> Forecast {
        let verdict = verdict(on: offer, for: person)
        let making = Making.sale(
            Bargain(
                offer: offer, quote: quote, person: person, draws: verdict.draws,
                minutes: approvalMinutes(for: person), claim: claim, request: request))
        if verdict.weight == 2 { return Forecast("denied", ["purchase.denied"], making: making) }
        let wallet = Wallet(account: person.account, isTest: person.isTest)
        if offer.total > standing(of: wallet).available { return .refused("insufficient_funds") }
        if verdict.weight == 1 { return Forecast("awaiting_approval", ["purchase.awaiting_approval"], making: making) }
        guard wares[offer.order.ware].isImmediate else {
            return Forecast("authorized", ["purchase.authorized"], making: making)
        }
        let there = offer.extending == nil ? "service.active" : "service.extended"
        return Forecast(
            "completed", ["purchase.authorized", "purchase.provisioning", "purchase.completed", there],
            making: making)
    }

    /// The same, bought or being bought a little while ago by the same agent.
    private func isDuplicate(_ offer: Offer, by person: Person) -> Bool {
        let minutes = layers(of: person).compactMap(\.rules.duplicateMinutes).max() ?? 0
        guard minutes > 0 else { return false }
        let since = max(0, now - Int64(minutes) * 60_000)
        return sales.values.contains { other in
            !other.isUndone && other.person.account == person.account && other.person.agent == person.agent
                && other.person.isTest == person.isTest && other.created >= since && other.offer.order == offer.order
                && other.offer.extending == offer.extending
        }
    }

    func forecastExtension(
        of service: ID, _ action: String, _ amount: Int, by person: Person, _ terms: Terms, request: String
    ) -> Forecast {
        guard let thing = things[service], isSeen(thing.person, by: person) else { return .refused("notFound") }
        var terms = terms
        terms.allowsDuplicate = true
        // An owner pays for play with play money.
        var person = person
        person.isTest = thing.person.isTest
        let offer = offer(action, amount, of: thing)
        return forecastPurchase(
            offer, or: offer == nil ? "capability_unsupported" : nil, quote: nil, by: person, terms, request: request)
    }

    func forecastCheck(_ quote: ID, by person: Person) -> Forecast {
        guard let offer = offers[quote], offer.account == person.account,
            person.isOwner || person.isTest == offer.isTest
        else { return .refused("notFound") }
        var person = person
        person.isTest = offer.isTest
        let word = Self.words[verdict(on: offer, for: person).weight]
        var problem = offer.order.name == "taken" ? "item_unavailable" : "none"
        let wallet = Wallet(account: person.account, isTest: person.isTest)
        if offer.buyer != nil {
            problem = "quote_already_purchased"
        } else if offer.expires <= now {
            problem = "quote_expired"
        } else if frozen.contains(person.account) {
            problem = "wallet_frozen"
        } else if standing(of: wallet).available < offer.total {
            problem = "insufficient_funds"
        }
        return Forecast("checked \(word) \(problem)")
    }

    /// Play and earnest do not see each other; owners see both.
    func isSeen(_ owner: Person, by person: Person) -> Bool {
        owner.account == person.account && (person.isOwner || owner.isTest == person.isTest)
    }

    static func place(_ person: Person, _ path: String, _ key: String) -> String {
        let name =
            switch person.role {
            case .owner: "owner \(person.account)"
            case .agent: "agent \(person.key ?? -1)"
            case .renewal: "renewal"
            }
        return "\(name)|\(path)|\(key)"
    }
}
