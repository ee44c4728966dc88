package import Ledger

/// What a buyer is under: the policies of its layers, what they come to together, and what is left of their budgets.
package struct EffectivePolicy: Sendable, Equatable {
    /// The account's, the agent's and the key's, as far as they are set.
    package var layers: [PolicyLayer]
    package var budgets: [BudgetStanding]

    package init(layers: [PolicyLayer], budgets: [BudgetStanding]) {
        self.layers = layers
        self.budgets = budgets
    }

    /// - Parameter ground: the past of this account, of real or of test money.
    package init(
        _ layers: [PolicyLayer], account: ID, isTest: Bool, at moment: Timestamp, on ground: some PolicyGround
    ) throws {
        self.layers = layers.inOrder
        budgets = try self.layers.flatMap { layer in
            let periods = try layer.budgets(of: account, isTest: isTest, at: moment).map { budget in
                BudgetStanding(budget, layer.subject.layer, try budget.standing(on: ground))
            }
            return layer.limitsAtOnce + periods
        }
    }

    package var isFrozen: Bool { layers.contains { $0.policy.frozen } }
}

/// How far a budget has been used in its calendar period.
package struct BudgetStanding: Sendable, Equatable {
    /// `account`, `agent` or `key`.
    package var layer: String
    /// As traces name it.
    package var rule: String
    package var interval: Policy.Interval
    package var limit: BudgetAmount
    package var used: BudgetAmount
    package var held: BudgetAmount
    package var remaining: BudgetAmount
    /// nil where it never is whole again.
    package var resetsAt: Timestamp?
    /// nil for every category.
    package var categories: [String]?

    /// nil where purchases are counted.
    package var moneyLeft: Money? { if case .money(let money) = remaining { money } else { nil } }
}

extension PolicyLayer {
    /// What one purchase may cost, as budgets that nothing is ever used of.
    fileprivate var limitsAtOnce: [BudgetStanding] {
        let most = policy.maxPerPurchase.map { limitAtOnce("maxPerPurchaseMinor", $0, nil) }
        let limits = policy.spendLimits.enumerated().filter { $0.element.interval == .perPurchase }
        return [most].compactMap(\.self)
            + limits.map { limitAtOnce($1.id ?? "spendLimits[\($0)]", $1.amount, $1.categories) }
    }

    private func limitAtOnce(_ rule: String, _ limit: Money, _ categories: [String]?) -> BudgetStanding {
        BudgetStanding(
            layer: subject.layer, rule: rule, interval: .perPurchase, limit: .money(limit), used: .money(.zero),
            held: .money(.zero), remaining: .money(limit), resetsAt: nil, categories: categories)
    }
}

extension BudgetStanding {
    init(_ budget: Budget, _ layer: String, _ standing: Budget.Standing) {
        self.init(
            layer: layer, rule: budget.rule, interval: budget.interval, limit: budget.amount(budget.limit),
            used: budget.amount(standing.used), held: budget.amount(standing.held),
            remaining: budget.amount(max(0, standing.available)), resetsAt: budget.end, categories: budget.categories)
    }
}
