/// Who thinks up the commands of a world of the ledger: mostly sensible ones, some mistaken, some absurd.
struct Clerk {
    private enum Line: Int {
        case world, mara, otto, croesus, revenue, credits, routerRevenue, overrun
        case day, week, limits, refundable, captures, testWorld, testWallet, testRevenue
    }

    static let chart = [
        ChartLine("world/owner-credit", unit: 0, isKept: false), ChartLine("wallet/mara", unit: 0, isKept: true),
        ChartLine("wallet/otto", unit: 0, isKept: true), ChartLine("wallet/croesus", unit: 0, isKept: true),
        ChartLine("revenue/domains", unit: 0, isKept: false), ChartLine("credits/router", unit: 0, isKept: true),
        ChartLine("router-revenue", unit: 0, isKept: false), ChartLine("overrun", unit: 0, isKept: false),
        ChartLine("budget/day", unit: 1, isKept: true), ChartLine("budget/week", unit: 1, isKept: true),
        ChartLine("limits", unit: 1, isKept: false), ChartLine("refundable/mara", unit: 2, isKept: true),
        ChartLine("captures", unit: 2, isKept: false), ChartLine("test-world/owner-credit", unit: 3, isKept: false),
        ChartLine("test-wallet/mara", unit: 3, isKept: true),
        ChartLine("test-revenue/domains", unit: 3, isKept: false),
    ]

    private var dice: Dice
    private var slips = 0
    /// What was held together, whatever has become of it.
    private var holds: [[Slip]] = []
    private var past: [[Slip]] = []

    init(dice: Dice) {
        self.dice = dice
    }

    /// - Parameter free: what may go out of an account of the chart.
    mutating func next(free: (Int) -> Int64) -> [Slip] {
        switch dice.below(100) {
        case 0..<5: fund()
        case 5..<7: everything(free)
        case 7..<10: atOnce()
        case 10..<16: [slip(.limits, dice.pick([.day, .week]), money())]
        case 16..<42: authorise()
        case 42..<66: end()
        case 66..<72: refund()
        case 72..<80: mistakenEnd()
        case 80..<88: again()
        case 88..<92: fortune()
        default: absurd()
        }
    }

    /// - Parameter stands: whether all of the group is in the books.
    mutating func learn(_ group: [Slip], stands: Bool) {
        past.append(group)
        let held = group.filter { $0.act == .hold }
        if stands, !held.isEmpty { holds.append(held) }
    }
}

extension Clerk {
    private mutating func money() -> Int64 { Int64(1 + dice.below(3_000)) * 10_000 }

    private mutating func slip(_ from: Line, _ to: Line, _ amount: Int64, _ act: Slip.Act = .move) -> Slip {
        slips += 1
        return Slip(slips, from: from.rawValue, to: to.rawValue, amount, act, note: dice.below(1_000))
    }

    private mutating func fund() -> [Slip] {
        switch dice.below(4) {
        case 0: [slip(.testWorld, .testWallet, money())]
        case 1: [slip(dice.pick([.mara, .otto]), .credits, money())]
        default: [slip(.world, dice.pick([.mara, .otto]), money())]
        }
    }

    private mutating func authorise() -> [Slip] {
        let amount = money() / 4
        if dice.chance(15) { return [slip(.testWallet, .testRevenue, amount, .hold)] }
        if dice.chance(25) { return [slip(.credits, .routerRevenue, Int64(1 + dice.below(900_000)), .hold)] }
        var group = [slip(dice.pick([.mara, .otto]), .revenue, amount, .hold)]
        if dice.chance(60) { group.append(slip(.day, .limits, amount, .hold)) }
        if dice.chance(40) { group.append(slip(.week, .limits, amount, .hold)) }
        return group
    }

    /// Everything that was held together is ended together, in one way; what was paid may be given back.
    private mutating func end() -> [Slip] {
        guard let held = recent() else { return fund() }
        let way = dice.below(10)
        let isLess = dice.chance(30)
        var group: [Slip] = []
        for hold in held {
            let amount = way < 6 && isLess ? max(1, hold.amount / 3) : hold.amount
            group.append(ending(hold, way, amount))
        }
        if way < 6, group[0].to == Line.revenue.rawValue {
            group.append(slip(.captures, .refundable, group[0].amount))
        }
        if way == 0, group[0].to == Line.routerRevenue.rawValue {
            group.append(slip(.overrun, .routerRevenue, Int64(1 + dice.below(1_000))))
        }
        return group
    }

    private mutating func ending(_ hold: Slip, _ way: Int, _ amount: Int64) -> Slip {
        slips += 1
        let act: Slip.Act =
            way < 6 ? .post(hold.number) : way < 8 ? .void(hold.number) : .expire(hold.number)
        return Slip(slips, from: hold.from, to: hold.to, amount, act, note: dice.below(1_000))
    }

    private mutating func recent() -> [Slip]? {
        holds.isEmpty ? nil : dice.pick(holds.suffix(12))
    }

    /// All that an account has, or a little more or less.
    private mutating func everything(_ free: (Int) -> Int64) -> [Slip] {
        let from = dice.pick([.mara, .otto, .croesus, .credits] as [Line])
        let amount = max(1, free(from.rawValue) - 1 &+ Int64(dice.below(3)))
        return [slip(from, .revenue, amount, dice.chance(50) ? .hold : .move)]
    }

    /// Held and ended in one group, sometimes ended twice, or said twice.
    private mutating func atOnce() -> [Slip] {
        let hold = slip(.mara, .revenue, money() / 8, .hold)
        var group = [hold, ending(hold, dice.below(10), hold.amount)]
        if dice.chance(30) { group.append(ending(hold, dice.below(10), hold.amount)) }
        if dice.chance(30) { group.append(dice.pick(group)) }
        return group
    }

    private mutating func refund() -> [Slip] {
        let amount = money() / 4
        return [slip(.revenue, dice.pick([.mara, .otto]), amount), slip(.refundable, .captures, amount)]
    }

    private mutating func mistakenEnd() -> [Slip] {
        guard let hold = recent()?.first else { return fund() }
        var end = ending(hold, dice.below(10), hold.amount)
        switch dice.below(5) {
        case 0: end.amount &+= 10_000
        case 1: end.act = .post(max(1, dice.below(slips)))
        case 2: end.act = .void(1_000_000 + dice.below(100))
        case 3: end.from = Line.croesus.rawValue
        default: end.amount -= dice.below(2) == 0 ? 1 : end.amount
        }
        return [end]
    }

    /// What was asked before, once more, sometimes a little changed.
    private mutating func again() -> [Slip] {
        guard !past.isEmpty else { return fund() }
        var group = dice.pick(past.suffix(30))
        if dice.chance(40) {
            let place = dice.below(group.count)
            if dice.chance(50) { group[place].note += 1 } else { group[place].amount &+= 10_000 }
        }
        if dice.chance(20) { group += fund() }
        return group
    }

    /// Somebody has, or is promised, more than can be counted.
    private mutating func fortune() -> [Slip] {
        let amount = Int64.max / Int64(1 + dice.below(4)) - Int64(dice.below(5))
        return [slip(dice.pick([.world, .world, .mara]), .croesus, amount, dice.chance(40) ? .hold : .move)]
    }

    private mutating func absurd() -> [Slip] {
        let count = 1 + dice.below(3)
        return (0..<count).map { _ in
            slips += 1
            let number = dice.chance(80) ? slips : 1 + dice.below(slips)
            let other = 1 + dice.below(slips)
            let act = dice.pick(
                [.move, .move, .hold, .hold, .post(other), .void(other), .expire(other)] as [Slip.Act])
            let amount = dice.pick([0, -1, 1, 10_000, 500_000, .max, .min, money()] as [Int64])
            return Slip(
                number, from: dice.below(Self.chart.count), to: dice.below(Self.chart.count), amount, act,
                note: dice.below(1_000))
        }
    }
}
