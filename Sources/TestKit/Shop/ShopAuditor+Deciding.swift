import Domain

/// What must come of everything else that is asked.
extension ShopAuditor {
    func forecastCancel(_ id: ID, by person: Person, key: String?) -> Forecast {
        guard let sale = sales[id], isSeen(sale.person, by: person) else { return .refused("notFound") }
        let claim = key.map { Self.place(person, "cancel", $0) }
        if let refused = repeated(claim, request: "\(id)", "repeated \(sale.status)") { return refused }
        guard ["awaiting_approval", "authorized"].contains(sale.status) else { return .refused("not_cancelable") }
        return Forecast("canceled", ["purchase.canceled"], making: claimed(claim, "\(id)", id))
    }

    private func repeated(_ claim: String?, request: String, _ label: String) -> Forecast? {
        guard let claim, let standing = claims[claim] else { return nil }
        return standing.request == request ? Forecast(label) : .refused("mismatch")
    }

    private func claimed(_ claim: String?, _ request: String, _ subject: ID?) -> Making? {
        claim.map { .claim($0, request: request, subject: subject) }
    }

    func forecastDecision(_ approval: ID, isApproval: Bool, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        if let job = jobs.values.first(where: { $0.approval == approval }) {
            return forecastDecision(on: job, isApproval: isApproval, by: person)
        }
        guard let sale = sales.values.first(where: { $0.approval == approval }),
            sale.person.account == person.account
        else { return .refused("notFound") }
        guard sale.status == "awaiting_approval", sale.deadline > now else { return .refused("conflict") }
        guard isApproval else { return Forecast("rejected", ["approval.rejected", "purchase.rejected"]) }
        guard !frozen.contains(person.account) else { return .refused("wallet_frozen") }
        let verdict = verdict(on: sale.offer, for: sale.person, isAgreed: true, again: sale.id)
        let making = Making.agreed(sale.id, verdict.draws)
        return verdict.weight == 2
            ? Forecast("denied", ["approval.approved", "purchase.denied"], making: making)
            : Forecast("authorized", ["approval.approved", "purchase.authorized"], making: making)
    }

    func forecastRefund(of id: ID, cents: Int?, by person: Person, key: String) -> Forecast {
        let (claim, request) = (Self.place(person, "refunds", key), "\(id) \(cents ?? -1)")
        if let refused = repeated(claim, request: request, "repeated") { return refused }
        guard let sale = sales[id], isSeen(sale.person, by: person) else { return .refused("notFound") }
        guard sale.status == "completed" else { return .refused("not_refundable") }
        let left = sale.offer.total - sale.refunded
        let wanted = cents ?? left
        guard wanted > 0, wanted <= left else { return .refused("refund_exceeds_purchase") }
        let ofBalance = wanted - min(wanted, max(sale.offer.sold - sale.refunded, 0))
        guard let service = sale.service, ofBalance <= balance(of: service).free else {
            return .refused("refund_exceeds_purchase")
        }
        let isOver = ["deprovisioning", "terminated"].contains(things[service]?.status ?? "")
        var events = ["refund.succeeded"]
        if wanted == left, !isOver {
            switch sale.offer.extending?.action {
            case nil: events.append("service.deprovisioning")
            case "service_renew": events.append("service.reduced")
            default: break
            }
        }
        return Forecast(
            "refunded", events,
            making: .refund(id, cents: wanted, ofBalance: ofBalance, claim: claim, request: request))
    }

    func forecastResolution(of id: ID, isFound: Bool, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        guard let sale = sales[id], sale.person.account == person.account else { return .refused("notFound") }
        guard sale.status == "reconciling" else { return .refused("conflict") }
        guard isFound else { return Forecast("failed", ["purchase.resolved", "purchase.failed"]) }
        let there = sale.offer.extending == nil ? "service.active" : "service.extended"
        return Forecast("completed", ["purchase.resolved", "purchase.completed", there])
    }
}

/// Services.
extension ShopAuditor {
    /// What becomes of something that cannot be taken back, where it is not simply done.
    private func destruction(
        of thing: Thing, _ task: Task, by person: Person, _ claim: String?, _ request: String
    ) -> Forecast? {
        guard !person.isOwner else { return nil }
        let weight = verdict(onDestroying: thing, for: person).weight
        guard weight == 1 else { return weight == 0 ? nil : .refused("policy_denied") }
        var job = Job(service: thing.id, person: person, task: task, cents: 0, status: "awaiting_approval")
        job.deadline = now + Int64(approvalMinutes(for: person)) * 60_000
        return Forecast(
            "awaiting_approval", ["operation.awaiting_approval"],
            making: .job(job, claim: claim, request: request))
    }

    private func forecastDecision(on job: Job, isApproval: Bool, by person: Person) -> Forecast {
        guard let thing = things[job.service], thing.person.account == person.account else {
            return .refused("notFound")
        }
        guard job.status == "awaiting_approval", job.deadline > now else { return .refused("conflict") }
        guard isApproval else { return Forecast("rejected", ["approval.rejected", "operation.rejected"]) }
        guard !frozen.contains(person.account) else { return .refused("wallet_frozen") }
        guard verdict(onDestroying: thing, for: job.person).weight < 2 else {
            return Forecast("denied", ["approval.approved", "operation.denied"])
        }
        switch job.task {
        case .change:
            guard ["active", "cancel_scheduled"].contains(thing.status) else { return .refused("service_not_active") }
            return Forecast("running", ["approval.approved", "operation.started"])
        case .end(let atPeriodEnd):
            guard let end = ending(of: thing, atPeriodEnd: atPeriodEnd) else { return .refused("service_not_active") }
            return Forecast("succeeded", ["approval.approved", "service.\(end)", "operation.succeeded"])
        }
    }

    /// What a service becomes that is ended; nil where it has ended, or is to end then.
    private func ending(of thing: Thing, atPeriodEnd: Bool) -> String? {
        if atPeriodEnd, let end = thing.paidUntil, end > now {
            return ["active", "suspended"].contains(thing.status) ? "cancel_scheduled" : nil
        }
        return ["deprovisioning", "terminated"].contains(thing.status) ? nil : "deprovisioning"
    }

    func forecastEnd(of service: ID, atPeriodEnd: Bool, by person: Person, key: String) -> Forecast {
        guard let thing = things[service], isSeen(thing.person, by: person) else { return .refused("notFound") }
        let (claim, request) = (Self.place(person, "services", key), "\(service) \(atPeriodEnd)")
        if let refused = repeated(claim, request: request, "repeated") { return refused }
        guard let end = ending(of: thing, atPeriodEnd: atPeriodEnd) else { return .refused("service_not_active") }
        if let other = destruction(of: thing, .end(atPeriodEnd: atPeriodEnd), by: person, claim, request) {
            return other
        }
        return Forecast(end, ["service.\(end)"], making: claimed(claim, request, service))
    }

    func forecastRenewing(_ service: ID, _ renews: Bool, by person: Person) -> Forecast {
        guard let thing = things[service], isSeen(thing.person, by: person) else { return .refused("notFound") }
        guard thing.recurring != nil else { return .refused("capability_unsupported") }
        guard ["active", "suspended"].contains(thing.status) else { return .refused("service_not_active") }
        return Forecast("set", ["service.auto_renew_set"], making: .renews(service, renews, claim: nil))
    }

    /// What a depot says of it is not known before.
    func forecastJob(
        _ action: String, on service: ID, isDestructive: Bool, by person: Person, key: String?
    ) -> Forecast {
        guard let thing = things[service], isSeen(thing.person, by: person) else { return .refused("notFound") }
        let (claim, request) = (key.map { Self.place(person, "jobs", $0) }, "\(service) \(action)")
        if let refused = repeated(claim, request: request, "repeated") { return refused }
        guard ["active", "cancel_scheduled"].contains(thing.status) else { return .refused("service_not_active") }
        if isDestructive, let other = destruction(of: thing, .change, by: person, claim, request) { return other }
        if !person.isOwner, layers(of: person).contains(where: \.rules.isFrozen) { return .refused("policy_denied") }
        let cents = action == "phone_message_send" ? 1 : 0
        if cents > balance(of: service).free { return .refused("insufficient_funds") }
        var forecast = Forecast(
            "performed", ["operation.started"],
            making: .job(
                Job(service: service, person: person, task: .change, cents: cents), claim: claim, request: request))
        forecast.labels = ["performed", "sold_out", "not_found"]
        forecast.mayGoOn = true
        return forecast
    }
}

/// What owners do.
extension ShopAuditor {
    func forecastFunding(cents: Int, isTest: Bool, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        let wallet = Wallet(account: person.account, isTest: isTest)
        return Forecast("moved", ["wallet.funded"], making: .money(wallet, cents: cents))
    }

    func forecastAdjustment(cents: Int, isTest: Bool, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        let wallet = Wallet(account: person.account, isTest: isTest)
        guard -cents <= standing(of: wallet).available else { return .refused("insufficient_funds") }
        return Forecast("moved", ["wallet.adjusted"], making: .money(wallet, cents: cents))
    }

    func forecastFreezing(_ isFrozen: Bool, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        guard frozen.contains(person.account) != isFrozen else { return Forecast("set") }
        return Forecast(
            "set", [isFrozen ? "account.frozen" : "account.unfrozen"], making: .frozen(person.account, isFrozen))
    }

    func forecastRules(_ rules: HouseRules, for ruled: RuledBy, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        if case .key(let key) = ruled, !Person.all.contains(where: { $0.key == key && $0.account == person.account }) {
            return .refused("notFound")
        }
        return Forecast(
            "set", ["policy.changed"], making: .rules(RuleKey(account: person.account, ruled: ruled), rules))
    }

    func forecastWare(_ place: Int, _ ware: Ware, by person: Person) -> Forecast {
        guard person.isOwner else { return .refused("forbidden") }
        return Forecast("set", ["catalog.changed"], making: .ware(place, ware))
    }

    func forecastAsking(cents: Int, by person: Person, key: String) -> Forecast {
        let (claim, request) = (Self.place(person, "funding", key), "\(cents)")
        if let refused = repeated(claim, request: request, "repeated") { return refused }
        return Forecast("asked", ["funding.requested"], making: .claim(claim, request: request, subject: nil))
    }

    func forecastReceipt(of id: ID, by person: Person) -> Forecast {
        guard let sale = sales[id], isSeen(sale.person, by: person) else { return .refused("notFound") }
        return sale.status == "completed" ? Forecast("receipt") : .refused("not_completed")
    }

    func forecastWallet(of person: Person) -> Forecast {
        let wallet = Wallet(account: person.account, isTest: person.isTest)
        let standing = standing(of: wallet)
        var spendable = standing.available
        for layer in layers(of: person) {
            let rules = layer.rules
            let once = rules.spending.filter { $0.interval == "per_purchase" && $0.categories == nil }.map(\.cents)
            let left = budgets(of: layer, for: nil, person)
                .filter { $0.categories == nil && !$0.key.measure.hasPrefix("count") }
                .map { max(0, self.left(of: $0.key, $0.limit, like: person, nil).cents) }
            spendable = ([spendable] + [rules.maxPerPurchase].compactMap(\.self) + once + left).min() ?? 0
        }
        let isFrozen = frozen.contains(person.account) || layers(of: person).contains { $0.rules.isFrozen }
        return Forecast("\(standing.balance) \(standing.held) \(standing.available) \(isFrozen ? 0 : spendable)")
    }
}
