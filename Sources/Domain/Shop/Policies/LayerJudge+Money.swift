import Ledger

/// How much, how often, how many.
extension LayerJudge {
    mutating func judgeSize() {
        let total = wish.price.total
        if let most = policy.maxPerPurchase {
            say(
                total > most ? .deny : .allow, "maxPerPurchaseMinor", limit: most,
                "This costs \(total.dollars) of at most \(most.dollars) USD for one purchase.")
        }
        if let most = policy.maxQuantity {
            say(wish.quantity > most ? .deny : .allow, "maxQuantity", "\(wish.quantity) of at most \(most) pieces.")
        }
    }

    mutating func judgeRecurring() {
        guard let price = wish.price.recurring else { return }
        if let isAllowed = policy.recurringAllowed {
            say(
                isAllowed ? .allow : .deny, "recurring.allowed",
                isAllowed ? "What costs again and again is allowed." : "What costs again and again is not allowed.")
        }
        if let most = policy.maxRecurringPerPeriod {
            say(
                price > most ? .deny : .allow, "recurring.maxPeriodMinor", limit: most,
                "Each period costs \(price.dollars) of at most \(most.dollars) USD.")
        }
    }

    /// What is there already may be paid for again.
    mutating func judgeServices() throws {
        guard wish.action == nil else { return }
        for (index, limit) in policy.maxActiveServices.enumerated() where limit.type ?? type == type {
            let count = try ground.activeServices(type: limit.type, by: layer.subject)
            say(
                count >= limit.count ? .deny : .allow, "maxActiveServices[\(index)]",
                "\(count) of at most \(limit.count) services\(limit.type.map { " (\($0))" } ?? "") are there already.")
        }
    }

    private var type: String { wish.item.serviceType }

    mutating func judgeSpendingAtOnce() {
        let total = wish.price.total
        for (index, limit) in policy.spendLimits.enumerated()
        where limit.interval == .perPurchase && limit.concerns(wish.item.category) {
            say(
                total > limit.amount ? .deny : .allow, limit.id ?? "spendLimits[\(index)]", limit: limit.amount,
                "This costs \(total.dollars) of at most \(limit.amount.dollars) USD for one purchase.")
        }
    }

    mutating func judgeBudgets() throws {
        for budget in layer.budgets(of: wish.account, isTest: wish.isTest, at: wish.at)
        where budget.concerns(wish.item.category) {
            let amount = budget.unit == .money ? wish.price.total.micros : 1
            guard amount > 0 else { continue }
            let standing = try budget.standing(on: ground)
            let isEnough = amount <= standing.available
            say(isEnough ? .allow : .deny, budget, standing)
            if isEnough {
                draws.append(BudgetDraw(budget: budget.account, opening: standing.opening, amount: amount))
            }
        }
    }

    private mutating func say(_ outcome: PolicyTrace.Outcome, _ budget: Budget, _ standing: Budget.Standing) {
        let until = budget.end.map { " until \($0.iso8601)" } ?? " in all"
        let (used, isTooMuch) = standing.used.addingReportingOverflow(standing.held)
        switch budget.unit {
        case .money:
            let (limit, total) = (Money(micros: budget.limit), Money(micros: isTooMuch ? .max : used))
            say(
                outcome, budget.rule, limit: limit, used: Money(micros: standing.used),
                held: Money(micros: standing.held), resetsAt: budget.end,
                "\(total.dollars) of \(limit.dollars) USD are used\(until), and this costs "
                    + "\(wish.price.total.dollars) USD.")
        case .purchases:
            say(
                outcome, budget.rule, resetsAt: budget.end, "\(used) of \(budget.limit) purchases are made\(until).")
        }
    }
}

extension Policy.SpendLimit {
    func concerns(_ category: String) -> Bool { categories?.contains(category) ?? true }
}
