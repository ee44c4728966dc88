import Domain

/// What the auditor is told, and whether it may be.
extension ShopAuditor {
    /// Something that must not be told.
    struct Complaint: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// What the outside knows of a purchase that the shop began by itself.
    struct Renewal: Sendable {
        var service: ID
        var periods: Int

        init(service: ID, periods: Int) {
            self.service = service
            self.periods = periods
        }
    }

    /// Where each state may lead, and why the state before it may be left; "" is before the first.
    static let edges: [String: [String]] = [
        "": ["denied", "awaiting_approval", "authorized"],
        "awaiting_approval": ["authorized", "denied", "rejected", "expired", "canceled"],
        "authorized": ["provisioning", "canceled"],
        "provisioning": ["completed", "failed", "action_required", "reconciling"],
        "action_required": ["provisioning", "failed"],
        "reconciling": ["completed", "provisioning", "failed"],
    ]

    /// - Parameters:
    ///   - making: what the command that this was told after knows.
    ///   - renewal: of a purchase that the shop began by itself.
    ///   - truth: whether a depot has brought about what a purchase is for; nil where it was not asked.
    /// - Returns: the edge of a purchase or of a change of a service, where it is one.
    mutating func hear(
        _ event: ShopEvent, in account: Int, _ making: inout Forecast?, renewal: Renewal?,
        truth: (Sale) -> (mood: Mood, isDone: Bool)?
    ) throws -> String? {
        let parts = event.type.split(separator: ".", maxSplits: 1).map(String.init)
        switch parts[0] {
        case "purchase" where !["resolved", "unresolved"].contains(parts[1]):
            return try hear(purchase: event, parts[1], account, &making, renewal, truth)
        case "service": try hear(service: event, parts[1])
        case "operation": return "job " + (try hear(operation: event, parts[1], making))
        case "refund": try hear(refund: event, making)
        case "wallet", "account", "policy", "catalog": hear(owner: making)
        case "purchase", "approval", "funding": break
        default: throw Complaint("Nobody knows \(event.type).")
        }
        return nil
    }

    private mutating func hear(
        purchase event: ShopEvent, _ status: String, _ account: Int, _ making: inout Forecast?, _ renewal: Renewal?,
        _ truth: (Sale) -> (mood: Mood, isDone: Bool)?
    ) throws -> String {
        guard let id = event.subject else { throw Complaint("\(event.type) of nothing") }
        guard var sale = sales[id] else {
            let begun = try begun(event, status, making, renewal)
            sales[id] = begun
            return "new > \(status)"
        }
        let edge = "\(sale.status) > \(status)"
        guard Self.edges[sale.status]?.contains(status) == true else { throw Complaint(edge) }
        try check(sale, status, event, truth)
        if sale.status == "awaiting_approval", ["authorized", "denied"].contains(status) {
            guard case .agreed(id, let draws)? = making?.making else { throw Complaint("\(edge): nobody agreed") }
            sale.draws = draws
            open(draws)
        }
        // What is completed at once was so when it was answered first.
        if case .sale? = making?.making, sale.created == now, making?.labels == [status] { sale.opening = status }
        sale.status = status
        sales[id] = sale
        return edge
    }

    private func check(
        _ sale: Sale, _ status: String, _ event: ShopEvent, _ truth: (Sale) -> (mood: Mood, isDone: Bool)?
    ) throws {
        let known = truth(sale)
        let isImmediate = wares[sale.offer.order.ware].isImmediate
        switch status {
        case "expired" where sale.deadline > event.at.milliseconds:
            throw Complaint("\(sale.id) expires before its time")
        case "completed" where !isImmediate && known?.isDone != true:
            throw Complaint("\(sale.id) is paid, and not there")
        case "failed" where known?.isDone == true:
            throw Complaint("\(sale.id) has failed, and is there")
        case "action_required":
            guard case .needsPerson? = known?.mood else { throw Complaint("\(sale.id) needs nobody") }
        default: break
        }
    }

    private mutating func open(_ draws: [Draw]) {
        for draw in draws { if let opening = draw.opening { openings[draw.budget] = opening } }
    }

    /// A purchase that is told of for the first time.
    private mutating func begun(
        _ event: ShopEvent, _ status: String, _ making: Forecast?, _ renewal: Renewal?
    ) throws -> Sale {
        guard Self.edges[""]?.contains(status) == true, let id = event.subject else {
            throw Complaint("\(event.type) comes first")
        }
        if let renewal { return try begun(renewal, id, status, event) }
        guard case .sale(let bargain)? = making?.making else { throw Complaint("nobody bought \(id)") }
        claims[bargain.claim] = Claim(request: bargain.request, subject: id)
        return made(id, bargain, status, event)
    }

    private mutating func made(_ id: ID, _ bargain: Bargain, _ status: String, _ event: ShopEvent) -> Sale {
        let offer = bargain.offer
        var sale = Sale(
            id: id, person: bargain.person, offer: offer, quote: bargain.quote, status: status, opening: status,
            draws: bargain.draws, created: now)
        sale.service = offer.extending?.service
        if status != "denied" {
            open(bargain.draws)
            if let quote = bargain.quote { offers[quote]?.buyer = id }
        }
        if status == "awaiting_approval" {
            sale.approval = event.details["approvalId"]?.string.flatMap { ID(uuid: $0) }
            sale.deadline = now + Int64(bargain.minutes) * 60_000
        }
        return sale
    }

    /// The shop renews a service for who bought it: once for each period, and as that person might.
    private mutating func begun(_ renewal: Renewal, _ id: ID, _ status: String, _ event: ShopEvent) throws -> Sale {
        guard let thing = things[renewal.service], let end = thing.paidUntil, end <= now, thing.renews,
            thing.status == "active", renewals.insert("\(thing.id) \(end) \(thing.reductions)").inserted
        else { throw Complaint("\(renewal.service) is not to be renewed") }
        var person = thing.person
        person.role = .renewal
        guard let offer = offer("service_renew", renewal.periods, of: thing) else { throw Complaint("no offer") }
        let verdict = verdict(on: offer, for: person)
        let wallet = Wallet(account: person.account, isTest: person.isTest)
        guard ["authorized", "awaiting_approval", "denied"][verdict.weight] == status,
            status == "denied" || offer.total <= standing(of: wallet).available,
            !frozen.contains(person.account), !wares[offer.order.ware].isDisabled
        else { throw Complaint("the renewal of \(thing.id) is \(status)") }
        let bargain = Bargain(
            offer: offer, person: person, draws: verdict.draws, minutes: approvalMinutes(for: person), claim: "",
            request: "")
        return made(id, bargain, status, event)
    }
}
