import Domain

/// What is told of services, their changes, money and rules.
extension ShopAuditor {
    mutating func hear(service event: ShopEvent, _ word: String) throws {
        guard let id = event.subject else { throw Complaint("\(event.type) of nothing") }
        if word == "active" { return try begin(id, event) }
        guard var thing = things[id] else { throw Complaint("\(event.type) of what was never bought") }
        let may: [String: [String]] = [
            "suspended": ["active"], "deprovisioning": ["active", "suspended", "cancel_scheduled", "error"],
            "terminated": ["deprovisioning"], "error": ["deprovisioning"],
            "cancel_scheduled": ["active", "suspended"], "auto_renew_set": ["active", "suspended"],
            "extended": ["active", "suspended", "cancel_scheduled", "deprovisioning", "terminated", "error"],
            "reduced": ["active", "suspended", "cancel_scheduled", "error"],
        ]
        guard may[word]?.contains(thing.status) == true else {
            throw Complaint("service \(id): \(thing.status) > \(word)")
        }
        switch word {
        case "auto_renew_set": thing.renews = event.details["enabled"]?.bool ?? thing.renews
        case "extended": try extend(&thing, event)
        case "reduced": try reduce(&thing, event)
        default:
            if word == "suspended", thing.paidUntil.map({ $0 > now }) ?? true {
                throw Complaint("service \(id) is suspended, and paid for")
            }
            thing.status = word
            if ["deprovisioning", "cancel_scheduled"].contains(word), event.actor != "shop" { thing.renews = false }
        }
        things[id] = thing
    }

    private mutating func begin(_ id: ID, _ event: ShopEvent) throws {
        guard things[id] == nil, let purchase = purchase(of: event), let sale = sales[purchase],
            sale.status == "completed", sale.offer.extending == nil
        else { throw Complaint("service \(id) comes of nothing") }
        let months = wares[sale.offer.order.ware].months
        sales[purchase]?.service = id
        things[id] = Thing(
            id: id, person: sale.person, order: sale.offer.order, status: "active", recurring: sale.offer.recurring,
            paidUntil: months.map { Self.adding(months: $0, to: now) },
            renews: months != nil && sale.offer.order.renews == true)
    }

    private func purchase(of event: ShopEvent) -> ID? {
        event.details["purchaseId"]?.string.flatMap { ID(uuid: $0) }
    }

    private mutating func extend(_ thing: inout Thing, _ event: ShopEvent) throws {
        guard let sale = purchase(of: event).flatMap({ sales[$0] }), sale.status == "completed",
            let extending = sale.offer.extending, extending.service == thing.id
        else { throw Complaint("service \(thing.id) is extended by nothing") }
        guard extending.action == "service_renew", let months = wares[thing.order.ware].months else { return }
        let start = max(thing.paidUntil ?? now, now)
        sales[sale.id]?.start = start
        thing.paidUntil = Self.adding(months: months * extending.amount, to: start)
        if thing.status == "suspended" { thing.status = "active" }
    }

    /// - Returns: the edge.
    /// The periods that were paid back are over.
    private func reduce(_ thing: inout Thing, _ event: ShopEvent) throws {
        guard let sale = purchase(of: event).flatMap({ sales[$0] }), sale.refunded == sale.offer.total,
            let extending = sale.offer.extending, extending.service == thing.id, extending.action == "service_renew",
            let months = wares[thing.order.ware].months, let end = thing.paidUntil
        else { throw Complaint("service \(thing.id) is reduced by nothing") }
        thing.paidUntil = end - (Self.adding(months: months * extending.amount, to: sale.start) - sale.start)
        thing.renews = false
        thing.reductions += 1
    }

    mutating func hear(operation event: ShopEvent, _ word: String, _ making: Forecast?) throws -> String {
        guard let id = event.subject else { throw Complaint("\(event.type) of nothing") }
        guard let job = jobs[id] else { return try begin(job: id, event, word, making) }
        guard Self.jobEdges[job.status]?.contains(word) == true else {
            throw Complaint("operation \(id): \(job.status) > \(word)")
        }
        if word == "expired", job.deadline > now { throw Complaint("operation \(id) expires early") }
        jobs[id]?.status = word == "started" ? "running" : word
        return "\(job.status) > \(word)"
    }

    /// Where each state of a change of a service may lead; "" is before the first.
    static let jobEdges = [
        "": ["awaiting_approval", "started"],
        "awaiting_approval": ["started", "succeeded", "rejected", "expired", "denied"],
        "running": ["succeeded", "failed", "reconciling"], "reconciling": ["succeeded", "failed"],
    ]

    private mutating func begin(job id: ID, _ event: ShopEvent, _ word: String, _ making: Forecast?) throws -> String {
        guard case .job(var job, let claim, let request)? = making?.making,
            word == (job.status == "running" ? "started" : job.status)
        else { throw Complaint("nobody asked for operation \(id)") }
        if let claim { claims[claim] = Claim(request: request, subject: id) }
        job.approval = event.details["approvalId"]?.string.flatMap { ID(uuid: $0) }
        jobs[id] = job
        return "new > \(word)"
    }

    mutating func hear(refund event: ShopEvent, _ making: Forecast?) throws {
        guard case .refund(let id, let cents, let ofBalance, let claim, let request)? = making?.making,
            purchase(of: event) == id, event.details["amountMinor"]?.integer == Int64(cents), let sale = sales[id]
        else { throw Complaint("nobody asked for refund \(String(describing: event.subject))") }
        claims[claim] = Claim(request: request, subject: event.subject)
        sales[id]?.refunded += cents
        if let service = sale.service { things[service]?.givenBack += ofBalance }
    }

    mutating func hear(owner making: Forecast?) {
        switch making?.making {
        case .money(let wallet, let cents): funds[wallet, default: 0] += cents
        case .frozen(let account, true): frozen.insert(account)
        case .frozen(let account, false): frozen.remove(account)
        case .rules(let key, let rules):
            versions += 1
            self.rules[key] = (versions, rules)
        case .ware(let place, let ware): wares[place] = ware
        default: break
        }
    }

    /// What no event tells: that a key stands.
    mutating func learn(_ forecast: Forecast) {
        if case .claim(let claim, let request, let subject)? = forecast.making {
            claims[claim] = claims[claim] ?? Claim(request: request, subject: subject)
        }
    }

    /// Quotes that nobody bought are forgotten after 25 hours; keys of the shop never.
    mutating func forget() {
        let edge = now - 25 * 3_600_000
        offers = offers.filter { $0.value.buyer != nil || $0.value.expires - Self.quoteMilliseconds >= edge }
    }

    mutating func learn(quote: ID, _ order: Order, by person: Person) {
        if case .offer(let offer) = priced(order, for: person) { offers[quote] = offer }
    }
}
