import Domain

/// What the money must be: summed up anew each time, of all that was put in, bought and given back.
extension ShopAuditor {
    struct Standing: Equatable, Sendable {
        var into = 0
        var out = 0
        var held = 0

        var balance: Int { into - out }
        var available: Int { into - out - held }
    }

    func standing(of wallet: Wallet) -> Standing {
        var standing = Standing()
        standing.into = funds[wallet] ?? 0
        for sale in sales.values where sale.person.account == wallet.account && sale.person.isTest == wallet.isTest {
            if sale.isOpen { standing.held += sale.offer.total }
            if sale.status == "completed" { standing.out += sale.offer.total }
            standing.into += sale.refunded
        }
        return standing
    }

    /// Of a service's own balance.
    func balance(of service: ID) -> (free: Int, held: Int) {
        let bought = sales.values.filter { $0.service == service && $0.status == "completed" }
            .reduce(0) { $0 + $1.offer.kept }
        let jobs = jobs.values.filter { $0.service == service }
        let used = jobs.filter { $0.status == "succeeded" }.reduce(0) { $0 + $1.cents }
        let held = jobs.filter { ["running", "reconciling"].contains($0.status) }.reduce(0) { $0 + $1.cents }
        return (bought - used - held - (things[service]?.givenBack ?? 0), held)
    }

    /// All that is held and paid of budgets, money in millionths of a dollar, and every budget's overdraft.
    func budgets() -> (held: Int64, used: Int64, overdrawn: [BudgetKey]) {
        var (held, used, drawn) = (Int64(0), Int64(0), [BudgetKey: Int]())
        for sale in sales.values where !sale.isUndone {
            for draw in sale.draws {
                drawn[draw.budget, default: 0] += draw.amount
                let amount = Int64(draw.amount) * (draw.budget.measure.hasPrefix("count") ? 1 : 10_000)
                if sale.isOpen { held += amount } else { used += amount }
            }
        }
        return (held, used, drawn.filter { $0.value > openings[$0.key] ?? 0 }.map(\.key))
    }
}
