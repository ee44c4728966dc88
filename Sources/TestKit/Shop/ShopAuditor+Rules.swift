import Domain
import Foundation

/// What rules say of an offer: 0 for yes, 1 for asking, 2 for no.
struct Verdict {
    var weight = 0
    var draws: [ShopAuditor.Draw] = []

    mutating func say(_ weight: Int, when isSo: Bool = true) {
        if isSo { self.weight = max(self.weight, weight) }
    }
}

extension ShopAuditor {
    /// The rules that somebody is under, the account's first.
    func layers(of person: Person) -> [(ruled: RuledBy, version: Int, rules: HouseRules)] {
        var ruled: [RuledBy] = [.account]
        if let agent = person.agent { ruled.append(.agent(agent)) }
        if let key = person.key { ruled.append(.key(key)) }
        return ruled.compactMap { ruled in
            rules[RuleKey(account: person.account, ruled: ruled)].map { (ruled, $0.version, $0.rules) }
        }
    }

    /// - Parameter sale: a purchase that is judged once more, and does not count itself.
    func verdict(on offer: Offer, for person: Person, isAgreed: Bool = false, again sale: ID? = nil) -> Verdict {
        var verdict = Verdict()
        // Nothing is free, and nothing is beyond all measure.
        verdict.say(2, when: offer.total <= 0 || offer.total > 100_000_000)
        for layer in layers(of: person) {
            let rules = layer.rules
            verdict.say(2, when: rules.isFrozen || rules.blocked.contains(offer.category))
            verdict.say(2, when: rules.allowed.map { !$0.contains(offer.category) } ?? false)
            verdict.say(2, when: rules.maxPerPurchase.map { offer.total > $0 } ?? false)
            verdict.say(2, when: rules.maxQuantity.map { offer.order.quantity > $0 } ?? false)
            verdict.say(2, when: offer.recurring != nil && rules.allowsRecurring == false)
            if offer.extending == nil, let most = rules.maxServices {
                verdict.say(2, when: services(under: layer.ruled, like: person, again: sale) >= most)
            }
            for budget in budgets(of: layer, for: offer, person) {
                let left = left(of: budget.key, budget.limit, like: person, budget.categories, again: sale)
                if budget.amount > left.cents { verdict.say(2) }
                verdict.draws.append(Draw(budget: budget.key, amount: budget.amount, opening: left.opening))
            }
            for limit in rules.spending where limit.interval == "per_purchase" && limit.concerns(offer.category) {
                verdict.say(2, when: offer.total > limit.cents)
            }
            if !isAgreed { verdict.say(1, when: asks(rules, layer.ruled, offer, person, again: sale)) }
        }
        if verdict.weight == 2 { verdict.draws = [] }
        return verdict
    }

    private func asks(
        _ rules: HouseRules, _ ruled: RuledBy, _ offer: Offer, _ person: Person, again sale: ID?
    ) -> Bool {
        if let above = rules.asksAbove, offer.total > above { return true }
        if rules.asksFor == offer.category { return true }
        guard rules.asksFirst else { return false }
        return !sales.values.contains { other in
            other.status == "completed" && other.offer.category == offer.category && isLike(other, person, ruled)
        }
    }

    /// What cannot be taken back costs nothing; few rules speak of it.
    func verdict(onDestroying thing: Thing, for person: Person) -> Verdict {
        var verdict = Verdict()
        let category = wares[thing.order.ware].category
        for layer in layers(of: person) {
            verdict.say(2, when: layer.rules.isFrozen || layer.rules.blocked.contains(category))
            verdict.say(2, when: layer.rules.allowed.map { !$0.contains(category) } ?? false)
            verdict.say(1, when: layer.rules.asksDestructive)
        }
        return verdict
    }

    /// How long a person may take to agree.
    func approvalMinutes(for person: Person) -> Int {
        layers(of: person).compactMap(\.rules.approvalMinutes).min() ?? 24 * 60
    }

    private func isLike(_ sale: Sale, _ person: Person, _ ruled: RuledBy) -> Bool {
        sale.person.account == person.account && sale.person.isTest == person.isTest
            && ruled.covers(sale.person.agent, sale.person.key)
    }

    /// Those that there are, and those that are under way.
    private func services(under ruled: RuledBy, like person: Person, again sale: ID?) -> Int {
        let there = things.values.count { thing in
            thing.status != "terminated" && thing.person.account == person.account
                && thing.person.isTest == person.isTest && ruled.covers(thing.person.agent, thing.person.key)
        }
        let coming = sales.values.count { other in
            other.isOpen && other.offer.extending == nil && other.id != sale && isLike(other, person, ruled)
        }
        return there + coming
    }
}

/// Budgets.
extension ShopAuditor {
    struct BudgetUse {
        var key: BudgetKey
        var limit: Int
        var amount: Int
        var categories: [String]?
    }

    func budgets(
        of layer: (ruled: RuledBy, version: Int, rules: HouseRules), for offer: Offer?, _ person: Person
    ) -> [BudgetUse] {
        func key(_ measure: String, _ interval: String) -> BudgetKey {
            BudgetKey(
                account: person.account, ruled: layer.ruled, version: layer.version, isTest: person.isTest,
                measure: measure, start: Self.start(of: interval, at: now))
        }
        let money = layer.rules.spending.filter { limit in
            limit.interval != "per_purchase" && (offer.map { limit.concerns($0.category) } ?? true)
        }.map { limit in
            BudgetUse(
                key: key("\(limit.interval) \(limit.categories ?? ["all"])", limit.interval), limit: limit.cents,
                amount: offer?.total ?? 0, categories: limit.categories)
        }
        let counts = layer.rules.counting.map { limit in
            BudgetUse(key: key("count \(limit.interval)", limit.interval), limit: limit.count, amount: 1)
        }
        return money + counts
    }

    /// What is left of a budget: of what it began with, or of its limit without what was spent before it was opened.
    func left(
        of key: BudgetKey, _ limit: Int, like person: Person, _ categories: [String]?, again sale: ID? = nil
    ) -> (cents: Int, opening: Int?) {
        if let opening = openings[key] {
            return (opening - drawn(of: key, again: sale).reduce(0) { $0 + $1.amount }, nil)
        }
        let before = sales.values.filter { other in
            !other.isUndone && other.id != sale && other.created >= key.start && isLike(other, person, key.ruled)
                && (categories?.contains(other.offer.category) ?? true)
        }
        let isCount = key.measure.hasPrefix("count")
        let opening = max(0, limit - before.reduce(0) { $0 + (isCount ? 1 : $1.offer.total) })
        return (opening, opening)
    }

    /// What is drawn of a budget by purchases that hold it or have paid it.
    func drawn(of key: BudgetKey, again sale: ID? = nil) -> [Draw] {
        sales.values.filter { !$0.isUndone && $0.id != sale }.flatMap(\.draws).filter { $0.budget == key }
    }

    static let calendar: Calendar = {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        return calendar
    }()

    /// The beginning of the calendar period that a moment is in; 0 for all time.
    static func start(of interval: String, at now: Int64) -> Int64 {
        let parts: [String: Calendar.Component] = [
            "hourly": .hour, "daily": .day, "weekly": .weekOfYear, "monthly": .month, "yearly": .year,
        ]
        guard let part = parts[interval] else { return 0 }
        let date = Date(timeIntervalSince1970: Double(now) / 1000)
        guard let start = calendar.dateInterval(of: part, for: date)?.start else { return 0 }
        return Int64((start.timeIntervalSince1970 * 1000).rounded())
    }

    static func adding(months: Int, to moment: Int64) -> Int64 {
        let date = Date(timeIntervalSince1970: Double(moment) / 1000)
        let later = calendar.date(byAdding: .month, value: months, to: date) ?? date
        return Int64((later.timeIntervalSince1970 * 1000).rounded())
    }
}

extension HouseRules.Spending {
    func concerns(_ category: String) -> Bool { categories?.contains(category) ?? true }
}
