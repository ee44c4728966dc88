import Crypto
package import Ledger

/// An amount of what a budget counts.
package enum BudgetAmount: Sendable, Equatable {
    case money(Money)
    case purchases(Int64)
}

/// What one rule of a layer allows in the calendar period of a moment.
struct Budget {
    enum Unit {
        case money, purchases
    }

    /// As traces name the rule.
    let rule: String
    let interval: Policy.Interval
    let unit: Unit
    /// Millionths of a dollar, or purchases.
    let limit: Int64
    /// nil for every category.
    let categories: [String]?
    let subject: PolicyVersion.Subject
    let start: Timestamp?
    let end: Timestamp?
    let account: AccountName

    func concerns(_ category: String) -> Bool { categories?.contains(category) ?? true }

    func amount(_ count: Int64) -> BudgetAmount {
        unit == .money ? .money(Money(micros: count)) : .purchases(count)
    }

    /// What is used of it and what is left.
    struct Standing {
        var used: Int64
        var held: Int64
        var available: Int64
        /// What it begins with, where it was never drawn from.
        var opening: Int64?
    }

    func standing(on ground: some PolicyGround) throws -> Standing {
        if let balance = try ground.balance(of: account) {
            let (posted, isTooMuch) = (limit - balance.creditsPosted).addingReportingOverflow(balance.debitsPosted)
            guard !isTooMuch else { throw Unjudgeable() }
            return Standing(used: posted, held: balance.debitsPending, available: balance.available)
        }
        let used =
            switch unit {
            case .money: try ground.spent(since: start, by: subject, categories: categories).micros
            case .purchases: try ground.purchases(since: start, by: subject)
            }
        guard used >= 0 else { throw Unjudgeable() }
        let opening = max(0, limit - used)
        return Standing(used: used, held: 0, available: opening, opening: opening)
    }
}

/// Why a rule could not be judged: something in it or in the past that cannot be.
struct Unjudgeable: Error {}

extension PolicyLayer {
    /// Every budget of the layer's, as it is called at a moment: money first, in the order of the rules.
    func budgets(of account: ID, isTest: Bool, at moment: Timestamp) -> [Budget] {
        let spending = policy.spendLimits.enumerated().filter { $0.element.interval != .perPurchase }
        let money = spending.map { index, limit in
            budget(
                limit.id ?? "spendLimits[\(index)]", limit.interval, .money, limit.amount.micros, limit.categories,
                name(limit.measure, limit.interval, of: account, isTest: isTest, at: moment), at: moment)
        }
        let counts = policy.maxPurchases.enumerated().map { index, limit in
            budget(
                limit.id ?? "maxPurchases[\(index)]", limit.interval, .purchases, limit.count, nil,
                name(limit.measure, limit.interval, of: account, isTest: isTest, at: moment), at: moment)
        }
        return money + counts
    }

    private func budget(
        _ rule: String, _ interval: Policy.Interval, _ unit: Budget.Unit, _ limit: Int64, _ categories: [String]?,
        _ name: AccountName, at moment: Timestamp
    ) -> Budget {
        let window = interval.window(at: moment)
        return Budget(
            rule: rule, interval: interval, unit: unit, limit: limit, categories: categories, subject: subject,
            start: window?.start, end: window?.end, account: name)
    }

    /// A period has its name, so that a clock which is set back finds it as it was left.
    private func name(
        _ measure: String, _ interval: Policy.Interval, of account: ID, isTest: Bool, at moment: Timestamp
    ) -> AccountName {
        let parts = [
            account.uuid, subject.text, (isTest ? "test-" : "") + measure, interval.windowName(at: moment), id.uuid,
        ]
        return .budget(parts.joined(separator: "/"))
    }
}

extension Policy.SpendLimit {
    /// What it counts: `spend:daily:*`, `spend:monthly:compute,domains`.
    var measure: String { "spend:\(interval.rawValue):\(categories.map(Self.words) ?? "*")" }

    /// Long or unusual lists are named by their hash, so that no two lists have one name and no name is too long.
    private static func words(_ categories: [String]) -> String {
        let sorted = Set(categories).sorted()
        let text = sorted.joined(separator: ",")
        if text.utf8.count <= 120, sorted.allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9_.\-]+/) != nil }) { return text }
        let parts = sorted.map { "\($0.utf8.count):\($0)" }.joined()
        let hash = SHA256.hash(data: Array(parts.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "sha256:" + hash.joined()
    }
}

extension Policy.PurchaseLimit {
    /// `count:daily`
    var measure: String { "count:\(interval.rawValue)" }
}
