import Ledger

/// A past that is made up while purchases are judged again, one after the other.
final class SimulatedGround: PolicyGround {
    private var budgets: [AccountName: Balance] = [:]
    private var bought: [Purchase] = []

    func add(_ purchase: Purchase, _ draws: [BudgetDraw]) {
        bought.append(purchase)
        for draw in draws {
            var balance = budgets[draw.budget] ?? Balance()
            balance.creditsPosted += draw.opening ?? 0
            balance.debitsPosted += draw.amount
            budgets[draw.budget] = balance
        }
    }

    func balance(of budget: AccountName) throws -> Balance? { budgets[budget] }

    func spent(since start: Timestamp?, by subject: PolicyVersion.Subject, categories: [String]?) throws -> Money {
        those(since: start, by: subject).filter { categories?.contains($0.quote.item.category) ?? true }
            .reduce(.zero) { $0.plus($1.total) ?? $0 }
    }

    func purchases(since start: Timestamp?, by subject: PolicyVersion.Subject) throws -> Int64 {
        Int64(those(since: start, by: subject).count)
    }

    func hasBought(category: String, by subject: PolicyVersion.Subject) throws -> Bool {
        those(since: nil, by: subject).contains { $0.quote.item.category == category }
    }

    func activeServices(type: String?, by subject: PolicyVersion.Subject) throws -> Int {
        those(since: nil, by: subject).filter {
            $0.quote.extending == nil && (type == nil || $0.quote.item.serviceType == type)
        }.count
    }

    private func those(since start: Timestamp?, by subject: PolicyVersion.Subject) -> [Purchase] {
        bought.filter { purchase in
            start.map { purchase.createdAt >= $0 } ?? true
                && subject.covers(agent: purchase.agent, key: purchase.key)
        }
    }
}
