import Domain

/// Those who pay, and say what may be.
extension Crowd {
    private static let owner = Person.all[0]

    /// An owner; now and then somebody who is none.
    private mutating func owner() -> Person {
        dice.chance(6) ? dice.pick(Person.all) : dice.chance(92) ? Self.owner : Person.all[5]
    }

    mutating func money(_ auditor: ShopAuditor) -> ShopCommand {
        switch dice.below(10) {
        case 0..<5:
            // Enough now, too little soon.
            return .fund(owner(), cents: 1 + dice.below(120_000), isTest: dice.chance(30))
        case 5..<7:
            return .adjust(owner(), cents: dice.pick([-1, 1, 500, -500, -20_000, -900_000]), isTest: dice.chance(30))
        case 7: return .askForMoney(person(), cents: 1 + dice.below(9_000), key: key())
        default:
            let person = owner()
            let buyer = dice.pick(Array(Person.all.prefix(4)))
            plans = [.order(buyer, order(), terms(auditor)), .freeze(Self.owner, false)]
            let asked = auditor.sales.values.filter { $0.status == "awaiting_approval" }
            if let sale = pick(asked), let id = sale.approval {
                plans.insert(.decide(Self.owner, id, isApproval: true), at: 1)
            }
            return .freeze(person, true)
        }
    }

    mutating func deciding(_ auditor: ShopAuditor) -> ShopCommand {
        if dice.chance(30), let command = decidingJob(auditor) { return command }
        let asked = auditor.sales.values.filter { $0.status == "awaiting_approval" }
        let any = auditor.sales.values.filter { $0.approval != nil }
        guard let sale = pick(dice.chance(90) ? asked : any), let approval = sale.approval else {
            return askingFirst(auditor)
        }
        let person = dice.chance(90) ? Person.all[sale.person.account == 0 ? 0 : 5] : dice.pick(Person.all)
        let decision = ShopCommand.decide(person, approval, isApproval: dice.chance(50))
        switch dice.below(10) {
        case 0..<3:
            var rules = HouseRules()
            rules.blocked = [sale.offer.category]
            plans = [.decide(person, approval, isApproval: true)]
            let alike = auditor.things.values.filter { thing in
                thing.status == "active" && auditor.wares[thing.order.ware].category == sale.offer.category
            }
            if let thing = pick(alike) {
                plans.append(.end(thing.person, thing.id, atPeriodEnd: false, key: key()))
            }
            plans.append(.rules(Self.owner, .account, HouseRules()))
            return .rules(Self.owner, .account, rules)
        case 3..<5:
            plans = [.work, .work]
            return .clock(milliseconds: max(1, sale.deadline - auditor.now + Int64(dice.below(2000)) - 1000))
        default: return decision
        }
    }

    /// What cannot be taken back needs a word for a while, and is asked for.
    mutating func destroying(_ auditor: ShopAuditor) -> ShopCommand {
        var rules = HouseRules()
        rules.asksDestructive = true
        if dice.chance(30) { rules.approvalMinutes = dice.pick([1, 30, 600]) }
        for _ in 0..<5 {
            let there = auditor.things.values.filter { $0.status == "active" && !$0.person.isOwner }
            guard let thing = pick(there) else { break }
            plans.append(
                dice.chance(60)
                    ? .end(thing.person, thing.id, atPeriodEnd: dice.chance(50), key: key())
                    : .job(thing.person, thing.id, action: "server_reinstall", isDestructive: true, key: key()))
        }
        plans.append(.rules(Self.owner, .account, HouseRules()))
        return .rules(Self.owner, .account, rules)
    }

    mutating func decidingJob(_ auditor: ShopAuditor) -> ShopCommand? {
        let any = auditor.jobs.sorted { $0.key < $1.key }.map(\.value).filter { $0.approval != nil }
        let asked = any.filter { $0.status == "awaiting_approval" }
        let jobs = dice.chance(90) ? asked : any
        guard !jobs.isEmpty else { return nil }
        let job = dice.pick(jobs)
        guard let approval = job.approval else { return nil }
        let person = dice.chance(90) ? Person.all[job.person.account == 0 ? 0 : 5] : dice.pick(Person.all)
        let ware = auditor.things[job.service]?.order.ware ?? 0
        switch dice.below(10) {
        case 0..<2:
            var rules = HouseRules()
            rules.blocked = [auditor.wares[ware].category]
            plans = [.decide(person, approval, isApproval: true), .rules(Self.owner, .account, HouseRules())]
            return .rules(Self.owner, .account, rules)
        case 2..<4:
            plans = [.work, .work]
            return .clock(milliseconds: max(1, job.deadline - auditor.now + Int64(dice.below(2000)) - 1000))
        default: return .decide(person, approval, isApproval: dice.chance(70))
        }
    }

    /// Whatever is bought for a while needs a word.
    private mutating func askingFirst(_ auditor: ShopAuditor) -> ShopCommand {
        var rules = HouseRules()
        rules.asksAbove = 0
        if dice.chance(40) { rules.approvalMinutes = dice.pick([1, 30, 600]) }
        rules.asksDestructive = dice.chance(50)
        let ruled = dice.pick([.account, .agent("shopper")] as [RuledBy])
        plans = (0..<3).map { _ in .order(dice.pick(Array(Person.all.prefix(5))), order(), terms(auditor)) }
        if rules.asksDestructive, let thing = pick(auditor.things.values.filter { $0.status == "active" }) {
            plans.append(
                .job(thing.person, thing.id, action: "server_reinstall", isDestructive: true, key: key()))
        }
        plans.append(.rules(Self.owner, ruled, HouseRules()))
        return .rules(Self.owner, ruled, rules)
    }

    mutating func resolving(_ auditor: ShopAuditor) -> ShopCommand {
        let doubtful = auditor.sales.values.filter { $0.status == "reconciling" }
        guard let sale = pick(dice.chance(92) ? doubtful : Array(auditor.sales.values)) else { return .work }
        return .resolve(dice.chance(92) ? Person.all[sale.person.account == 0 ? 0 : 5] : sale.person, sale.id)
    }

    mutating func ware(_ auditor: ShopAuditor) -> ShopCommand {
        let offers = auditor.offers.filter { $0.value.buyer == nil && $0.value.expires > auditor.now + 1000 }
        let offer = offers.min { $0.key < $1.key }
        let place = offer?.value.order.ware ?? dice.below(auditor.wares.count)
        var ware = Ware.all[place]
        guard dice.chance(90) else { return .ware(Person.all[1], place, ware) }
        if dice.chance(30) {
            ware.isDisabled = true
            var order = order()
            order.ware = place
            plans = [.order(person(), order, terms(auditor))]
        } else {
            ware.cents += 100 * (1 + dice.below(4))
        }
        if let (id, offer) = offer {
            let buyers = Person.all.filter { $0.account == offer.account && $0.isTest == offer.isTest }
            plans.append(.buy(dice.pick(buyers), quote: id, ShopAuditor.Terms(key: key())))
        }
        plans.append(.ware(Self.owner, place, Ware.all[place]))
        return .ware(Self.owner, place, ware)
    }

    /// The same twice, where that may be a mistake.
    private mutating func doubling() -> ShopCommand {
        var rules = HouseRules()
        rules.duplicateMinutes = 30
        let (person, order) = (Person.all[1 + dice.below(3)], order())
        plans = (0..<2).map { _ in .order(person, order, ShopAuditor.Terms(key: key())) }
        return .rules(Self.owner, .account, rules)
    }

    mutating func ruling(_ auditor: ShopAuditor) -> ShopCommand {
        if dice.chance(60) { return doubling() }
        let all: [RuledBy] = [.account, .account, .agent("shopper"), .agent("runner"), .key(0), .key(3)]
        let ruled = dice.pick(all)
        return .rules(owner(), ruled, dice.chance(25) ? HouseRules() : rules())
    }

    private mutating func rules() -> HouseRules {
        var rules = HouseRules()
        if dice.chance(4) { rules.isFrozen = true }
        if dice.chance(8) { rules.blocked = [dice.pick(["domains", "storage"])] }
        if dice.chance(5) { rules.allowed = ["domains", "compute", "telephony"] }
        if dice.chance(8) { rules.maxPerPurchase = 1_000 + dice.below(6_000) }
        if dice.chance(10) { rules.maxQuantity = 1 }
        if dice.chance(8) { rules.maxServices = 1 + dice.below(6) }
        if dice.chance(6) { rules.allowsRecurring = dice.chance(50) }
        if dice.chance(40) { rules.asksAbove = dice.below(4_000) }
        if dice.chance(10) { rules.asksFor = dice.pick(["telephony", "storage"]) }
        rules.asksFirst = dice.chance(8)
        rules.asksDestructive = dice.chance(15)
        if dice.chance(40) { rules.approvalMinutes = dice.pick([1, 30, 600]) }
        if dice.chance(20) { rules.duplicateMinutes = dice.pick([1, 30, 3000]) }
        addBudgets(to: &rules)
        return rules
    }

    private mutating func addBudgets(to rules: inout HouseRules) {
        for interval in ["hourly", "daily", "weekly", "monthly", "all_time", "per_purchase"] where dice.chance(12) {
            let categories = dice.chance(30) ? [["domains"], ["compute", "storage"]][dice.below(2)] : nil
            rules.spending.append(
                .init(interval: interval, cents: 2_000 + dice.below(30_000), categories: categories))
        }
        for interval in ["hourly", "daily", "yearly"] where dice.chance(6) {
            rules.counting.append(.init(interval: interval, count: 1 + dice.below(8)))
        }
    }
}
