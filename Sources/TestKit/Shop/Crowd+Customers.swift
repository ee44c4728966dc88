import Domain

/// Those who buy.
extension Crowd {
    mutating func buying(_ auditor: ShopAuditor) -> ShopCommand {
        let offers = auditor.offers.sorted { $0.key < $1.key }
        let open = offers.filter { $0.value.buyer == nil && $0.value.expires > auditor.now }
        let chosen = dice.chance(72) ? open : offers
        guard !chosen.isEmpty else { return .quote(person(), order()) }
        let (id, offer) = dice.pick(Array(chosen.suffix(20)))
        let people = Person.all.filter { $0.account == offer.account && $0.isTest == offer.isTest }
        let buyer = dice.chance(95) ? dice.pick(people) : person()
        return .buy(buyer, quote: id, terms(auditor))
    }

    mutating func canceling(_ auditor: ShopAuditor) -> ShopCommand {
        let wanted = ["awaiting_approval", "authorized"]
        let open = auditor.sales.values.filter { wanted.contains($0.status) }
        guard let sale = pick(dice.chance(65) ? open : Array(auditor.sales.values)) else { return .work }
        return .cancel(person(like: sale.person), sale.id, key: dice.chance(70) ? key() : nil)
    }

    mutating func refunding(_ auditor: ShopAuditor) -> ShopCommand {
        let paid = auditor.sales.values.filter { $0.status == "completed" }
        guard let sale = pick(dice.chance(70) ? paid : Array(auditor.sales.values)) else { return .work }
        let most = sale.offer.total
        let cents: Int? =
            switch dice.below(10) {
            case 0..<4: nil
            case 4..<8: 1 + dice.below(max(most, 1))
            default: most + 1
            }
        return .refund(person(like: sale.person), sale.id, cents: cents, key: key())
    }

    mutating func servicing(_ auditor: ShopAuditor) -> ShopCommand {
        let there = auditor.things.values.filter { $0.status == "active" }
        guard let thing = pick(dice.chance(60) ? there : Array(auditor.things.values)) else { return .work }
        let person = person(like: thing.person)
        switch dice.below(10) {
        case 0..<3:
            return .extend(person, thing.id, action: "service_renew", amount: 1 + dice.below(2), terms(auditor))
        case 3..<5:
            return .extend(person, thing.id, action: "phone_balance_topup", amount: 1 + dice.below(9), terms(auditor))
        case 5..<8: return .end(person, thing.id, atPeriodEnd: dice.chance(50), key: key())
        default: return .renewing(person, thing.id, dice.chance(60))
        }
    }

    mutating func working(_ auditor: ShopAuditor) -> ShopCommand {
        if dice.chance(45) { return decidingJob(auditor) ?? destroying(auditor) }
        let there = auditor.things.values.filter { ["active", "cancel_scheduled"].contains($0.status) }
        guard let thing = pick(dice.chance(75) ? there : Array(auditor.things.values)) else { return .work }
        let person = person(like: thing.person)
        let action = dice.pick(["server_restart", "phone_message_send", "phone_message_send", "server_reinstall"])
        return .job(
            person, thing.id, action: action, isDestructive: action == "server_reinstall",
            key: dice.chance(60) ? key() : nil)
    }

    mutating func looking(_ auditor: ShopAuditor) -> ShopCommand {
        switch dice.below(10) {
        case 0..<3: return .wallet(dice.pick(Person.all))
        case 3..<8:
            guard let sale = pick(auditor.sales.values) else { return .work }
            return .receipt(person(like: sale.person), sale.id)
        default:
            let offers = auditor.offers.keys.sorted()
            guard !offers.isEmpty else { return .work }
            return .check(person(), dice.pick(offers.suffix(20)))
        }
    }
}
