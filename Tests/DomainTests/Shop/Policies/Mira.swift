import Domain
import Foundation
import Ledger
import Testing

/// Mira owns an account, and sets what her agent may buy for it.
enum Mira {
    static let account = ID(high: 1, low: 1)
    static let key = ID(high: 2, low: 2)
    /// A Wednesday.
    static let noon = moment("2026-03-11T12:00:00Z")

    static func moment(_ text: String) -> Timestamp { Timestamp(iso8601: text) ?? Timestamp(milliseconds: 0) }

    static let domain = item("cat_domain_com", "domain-com-registration", "domains", "domain")
    static let server = item("cat_vps_micro", "vps-micro-monthly", "compute", "server")
    static let credits = item("cat_router_credit_001", "llm-router-credit-balance", "api_tokens", "llm_router")

    private static func item(_ id: String, _ sku: String, _ category: String, _ type: String) -> CatalogItem {
        CatalogItem(
            id: id, sku: sku, name: sku, about: "", category: category, serviceType: type, provisioner: "simulated",
            price: ItemPrice(unit: .zero))
    }

    static func layer(
        _ document: JSONValue, for subject: PolicyVersion.Subject = .account, version: UInt64 = 1
    ) throws -> PolicyLayer {
        PolicyLayer(
            subject: subject, id: ID(high: 3, low: version), number: Int64(version),
            policy: try Policy(parsing: document), document: document)
    }

    static func wish(
        _ item: CatalogItem = domain, cents: Int64 = 1499, pieces: Int = 1, configured configuration: JSONValue = [:],
        recurringCents: Int64? = nil, from address: String? = nil, isTest: Bool = false, at moment: Timestamp = noon
    ) -> PolicyWish {
        let recurring = recurringCents.map { Money(micros: $0 * Money.microsPerMinor) }
        let price = PriceBreakdown(
            lines: [], total: Money(micros: cents * Money.microsPerMinor), recurring: recurring,
            periodMonths: recurring.map { _ in 1 })
        return PolicyWish(
            account: account, item: item, configuration: configuration, quantity: pieces, price: price,
            address: address, isTest: isTest, at: moment)
    }

    /// What one policy, of the account, says.
    static func judge(
        _ document: JSONValue, _ wish: PolicyWish = wish(), _ past: Past = Past()
    ) throws -> Decision {
        try PolicyJudge.judge(wish, under: [layer(document)], on: past)
    }
}

/// What was bought before, and how far it has used budgets up.
final class Past: PolicyGround {
    struct Purchase {
        var category: String
        var amount: Money
        var at: Timestamp
    }

    /// The subject's own, whoever is asked about.
    var purchases: [Purchase] = []
    var services: [String] = []
    var balances: [AccountName: Balance] = [:]
    var failure: (any Error)?
    private(set) var questions = 0

    /// Holds what a decision draws, and remembers the purchase.
    func take(_ decision: Decision, _ wish: PolicyWish) {
        for draw in decision.draws {
            var balance = balances[draw.budget] ?? Balance()
            #expect((draw.opening == nil) == (balances[draw.budget] != nil), "a budget is opened once")
            balance.creditsPosted += draw.opening ?? 0
            balance.debitsPending += draw.amount
            #expect(balance.available >= 0)
            balances[draw.budget] = balance
        }
        purchases.append(Purchase(category: wish.item.category, amount: wish.price.total, at: wish.at))
    }

    private func asked() throws {
        questions += 1
        if let failure { throw failure }
    }

    func balance(of budget: AccountName) throws -> Balance? {
        try asked()
        return balances[budget]
    }

    func spent(since start: Timestamp?, by _: PolicyVersion.Subject, categories: [String]?) throws -> Money {
        try asked()
        return Money(
            micros: purchases.filter { purchase in
                start.map { purchase.at >= $0 } ?? true && categories?.contains(purchase.category) ?? true
            }.reduce(0) { $0 + $1.amount.micros })
    }

    func purchases(since start: Timestamp?, by _: PolicyVersion.Subject) throws -> Int64 {
        try asked()
        return Int64(purchases.count { purchase in start.map { purchase.at >= $0 } ?? true })
    }

    func hasBought(category: String, by _: PolicyVersion.Subject) throws -> Bool {
        try asked()
        return purchases.contains { $0.category == category }
    }

    func activeServices(type: String?, by _: PolicyVersion.Subject) throws -> Int {
        try asked()
        return services.count { type == nil || $0 == type }
    }
}

extension Decision {
    /// What each line says: `account spendLimits[0] deny`.
    var lines: [String] { trace.map { "\($0.layer) \($0.rule) \($0.outcome.rawValue)" } }
}
