import Domain

/// Who thinks up what happens in a world: what people do, in part what they should not, and the time that passes.
struct Crowd: Sendable {
    var dice: Dice
    /// What is to come next, whatever the dice say.
    var plans: [ShopCommand] = [
        .fund(Person.all[0], cents: 100_000, isTest: false), .fund(Person.all[0], cents: 20_000, isTest: true),
        .fund(Person.all[5], cents: 9_000, isTest: false),
    ]
    private var past: [ShopCommand] = []
    private var numbers = 0

    init(dice: Dice) {
        self.dice = dice
    }

    mutating func next(_ auditor: ShopAuditor, at now: Int64) -> ShopCommand {
        var command = plans.isEmpty ? fresh(auditor) : plans.removeFirst()
        if plans.isEmpty, dice.chance(7), !past.isEmpty { command = again() }
        switch command {
        case .clock, .work, .restart, .wallet: break
        default: past.append(command)
        }
        return command
    }

    private mutating func fresh(_ auditor: ShopAuditor) -> ShopCommand {
        switch dice.below(1000) {
        case 0..<170: .work
        case 170..<250: time()
        case 250..<280: .quote(person(), order())
        case 280..<360: buying(auditor)
        case 360..<455: .order(person(), order(), terms(auditor))
        case 455..<555: deciding(auditor)
        case 555..<600: canceling(auditor)
        case 600..<645: refunding(auditor)
        case 645..<685: resolving(auditor)
        case 685..<750: servicing(auditor)
        case 750..<880: working(auditor)
        case 880..<905: money(auditor)
        case 905..<935: ruling(auditor)
        case 935..<960: ware(auditor)
        case 960..<990: looking(auditor)
        case 990..<994: .forget
        default: .restart
        }
    }

    /// What somebody asked before, once more, or something else with the same key.
    private mutating func again() -> ShopCommand {
        let command = dice.pick(past.suffix(60))
        guard dice.chance(60) else { return command }
        switch command {
        case .order(let person, var order, let terms):
            order.quantity += 1
            return .order(person, order, terms)
        case .buy(let person, _, let terms): return .order(person, order(), terms)
        case .refund(let person, let id, _, let key): return .refund(person, id, cents: 1, key: key)
        case .cancel(let person, _, let key?): return .cancel(person, ID(high: 1, low: 1), key: key)
        case .end(let person, let id, let atPeriodEnd, let key):
            return .end(person, id, atPeriodEnd: !atPeriodEnd, key: key)
        case .job(let person, let id, _, _, let key?):
            return .job(person, id, action: "server_restart", isDestructive: false, key: key)
        default: return command
        }
    }

    private mutating func time() -> ShopCommand {
        let milliseconds: Int =
            switch dice.below(100) {
            case 0..<40: 1 + dice.below(90_000)
            case 40..<65: 60_000 * (1 + dice.below(30))
            case 65..<84: 3_600_000 * (1 + dice.below(30))
            case 84..<90: 86_400_000 * (1 + dice.below(40))
            default: -60_000 * (1 + dice.below(180))
            }
        return .clock(milliseconds: Int64(milliseconds))
    }

    mutating func person() -> Person {
        dice.chance(6) ? dice.pick(Person.all) : dice.pick(Array(Person.all.prefix(5)))
    }

    /// Mostly the one who has it.
    mutating func person(like owner: Person) -> Person {
        switch dice.below(20) {
        case 0: dice.pick(Person.all)
        case 1..<5: Person.all[owner.account == 0 ? 0 : 5]
        default: owner.role == .renewal ? Person.all[owner.account == 0 ? 0 : 5] : owner
        }
    }

    mutating func key() -> String {
        numbers += 1
        return "key-\(numbers)"
    }

    mutating func order() -> Order {
        var order = Order(ware: dice.chance(2) ? -1 : dice.below(Ware.all.count), quantity: 1 + dice.below(2))
        if dice.chance(3) { order.quantity = dice.pick([0, 101]) }
        order.name = dice.pick(["garden", "garden", "garden", "harbour", "hill"])
        if dice.chance(4) { order.name = "taken" }
        if dice.chance(30) { order.size = 1 + dice.below(4) }
        if dice.chance(3) { order.size = 99 }
        if dice.chance(40) { order.renews = dice.chance(70) }
        if order.ware == 3, dice.chance(80) { order.balance = dice.below(5) }
        return order
    }

    mutating func terms(_ auditor: ShopAuditor) -> ShopAuditor.Terms {
        var terms = ShopAuditor.Terms(key: key())
        if dice.chance(10) { terms.most = dice.pick([100, 1000, 3000, 100_000]) }
        terms.allowsDuplicate = dice.chance(15)
        return terms
    }

    /// One of those that are right for something; in the order of their making, so that a seed tells all.
    mutating func pick(_ sales: some Sequence<ShopAuditor.Sale>) -> ShopAuditor.Sale? {
        let sorted = sales.sorted { $0.id < $1.id }
        return sorted.isEmpty ? nil : dice.pick(sorted)
    }

    mutating func pick(_ things: some Sequence<ShopAuditor.Thing>) -> ShopAuditor.Thing? {
        let sorted = things.sorted { $0.id < $1.id }
        return sorted.isEmpty ? nil : dice.pick(sorted)
    }
}
