package import Domain
package import Ledger
import Logging
import SQLiteStore

/// A small shop for one test: an owner who has put money in, an agent that buys with it, another that only plays, a
/// depot whose moods are known, and a clock that stands still.
package struct Stall: Sendable {
    package let clock: SetClock
    package let store: any Store
    package let depot: Depot
    package let shop: Shop
    package let owner: Buyer
    package let agent: Buyer
    package let player: Buyer

    /// - Parameters:
    ///   - store: an empty one; one in memory where none is given.
    ///   - dollars: in the wallet, and as play money.
    ///   - mood: of the depot, for each effect.
    package init(
        on store: (any Store)? = nil, dollars: Int64 = 100,
        mood: @escaping @Sendable (OperationToken) -> Mood = { _ in .willing }
    ) async throws {
        clock = SetClock()
        self.store = try store ?? SQLiteStore(inMemory: ())
        depot = Depot(mood: mood)
        let world = clock.world
        shop = Shop(
            store: self.store, world: world, directory: Directory(store: self.store, configured: []),
            provisioners: [depot, Depot("instant", isImmediate: true)],
            logger: Logger(label: "stall") { _ in SwiftLogNoOpLogHandler() })
        let account = try await Accounts(store: self.store, world: world).add(name: "harbour").id
        owner = Buyer(account: account, role: .owner(key: nil), scopes: [], isTest: false)
        let role = Buyer.Role.agent(label: "shopper", key: world.newID())
        agent = Buyer(account: account, role: role, scopes: [], isTest: false)
        player = Buyer(account: account, role: .agent(label: "player", key: world.newID()), scopes: [], isTest: true)
        for ware in Ware.all where ware.depot != "yard" { try await shop.put(item: ware.item, by: owner) }
        guard dollars > 0 else { return }
        for isTest in [false, true] {
            let amount = Money(micros: dollars * Money.microsPerDollar)
            _ = try await shop.fund(amount, why: "to begin with", isTest: isTest, by: owner)
        }
    }

    /// What a disk costs 3 USD of, a machine 24 USD a month, a name 12 USD a year, a line 2.50 USD.
    package func order(
        _ item: String = "cat_disk", key: String, name: String = "garden", renews: Bool = false, balance: Int64 = 0
    ) -> Shop.PurchaseOrder {
        var members: [String: JSONValue] = ["name": .string(name)]
        if renews { members["autoRenew"] = true }
        if balance > 0 { members["balance"] = .integer(balance) }
        let order = Shop.QuoteOrder(itemID: item, quantity: 1, configuration: .object(members))
        return Shop.PurchaseOrder(.order(order), key: Self.key(key, "\(item) \(name)"))
    }

    package static func key(_ key: String, _ request: String = "") -> IdempotencyKey {
        IdempotencyKey(path: Shop.purchasePath, key: key, request: Array(request.utf8))
    }

    /// Bought, and brought as far as it goes at once.
    @discardableResult
    package func buy(_ order: Shop.PurchaseOrder, by buyer: Buyer? = nil) async throws -> Purchase {
        let bought = try await shop.purchase(order, for: buyer ?? agent)
        try await shop.workOnce()
        return try await look(bought.purchase.id)
    }

    package func look(_ id: ID) async throws -> Purchase { try await shop.purchase(id, for: owner).purchase }

    /// What a completed purchase brought.
    package func service(of purchase: Purchase) async throws -> Service {
        try await shop.service(purchase.service, for: owner)
    }

    /// Time passes, and what is due is done.
    package func pass(seconds: Int) async throws {
        clock.advance(by: .seconds(seconds))
        try await shop.workOnce()
    }

    package func wallet(isTest: Bool = false) async throws -> Shop.WalletView {
        try await shop.wallet(for: isTest ? player : agent)
    }

    /// The code of the refusal, where there is one.
    package func refusal(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch let refusal as Refusal {
            return refusal.code ?? refusal.reason.rawValue
        } catch {
            return "\(error)"
        }
    }
}

extension Ware {
    /// As a catalog has it.
    var item: CatalogItem {
        CatalogItem(
            id: id, sku: id, name: id, about: "", category: category, serviceType: type, provisioner: depot,
            price: ItemPrice(unit: Money(micros: Int64(cents) * 10_000), periodMonths: months),
            isDisabled: isDisabled)
    }
}
