import Domain
import Ledger
import Logging
import Provisioners
import SQLiteStore
import TestKit
import Testing

/// The shop with what it really sells, and a simulation in which most goes wrong.
private struct Simulation {
    private static let items = ["cat_domain_com", "cat_vps_micro", "cat_storage_object_001", "cat_phone_global_001"]
    private static let wallet = Money(micros: 5_000_000_000)

    private let clock = SetClock()
    private let simulated: Simulated
    private let shop: Shop
    private let owner: Buyer

    /// - Parameter seed: of what goes wrong.
    init(seed: UInt64) async throws {
        let (store, world) = (try SQLiteStore(inMemory: ()), clock.world(seed: seed))
        simulated = Simulated(store: store, world: world, faults: FaultPlan(seed: seed, percent: 80))
        shop = Shop(
            store: store, world: world, directory: Directory(store: store, configured: []),
            provisioners: [simulated], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let account = try await Accounts(store: store, world: world).add(name: "harbour").id
        owner = Buyer(account: account, role: .owner(key: nil), scopes: [], isTest: false)
        _ = try await shop.fund(Self.wallet, why: "to begin with", isTest: false, by: owner)
    }

    /// As its requirements show it; no two domains have one name.
    func buy(_ number: Int) async throws {
        let item = Self.items[number % Self.items.count]
        var configuration = try await shop.checkout(item).requirements.example.object ?? [:]
        if configuration["domainName"] != nil { configuration["domainName"] = .string("garden\(number).com") }
        let order = Shop.QuoteOrder(itemID: item, quantity: 1, configuration: .object(configuration))
        _ = try await shop.purchase(Shop.PurchaseOrder(.order(order), key: Stall.key("\(number)")), for: owner)
    }

    /// Two hours go by.
    func settle() async throws {
        for _ in 0..<60 {
            try await shop.workOnce()
            clock.advance(by: .seconds(120))
        }
    }

    func expectOrder() async throws {
        let purchases = try await shop.purchases(for: owner, status: nil, category: nil, limit: 100, after: nil)
            .purchases
        #expect(purchases.count == 24 && purchases.allSatisfy { $0.state.status.isTerminal })
        let completed = purchases.filter { $0.state.status == .completed }
        let services = try await shop.services(for: owner, type: nil, status: .active, limit: 100, after: nil).services
        #expect(Set(services.map(\.purchase)) == Set(completed.map(\.id)) && !completed.isEmpty)
        let there = try await simulated.inventory()
        #expect(there.count == services.count && Set(there) == Set(services.map(\.resource)))
        let view = try await shop.wallet(for: owner)
        let paid = completed.reduce(Int64(0)) { $0 + $1.total.micros }
        #expect(view.held == .zero && view.balance.micros == Self.wallet.micros - paid)
        #expect(try await shop.verify(account: nil).faults == [])
    }
}

@Suite("The shop and its simulation")
struct SimulatedShopTests {
    @Test("Whatever goes wrong, what is paid for is there once, and nothing else is", arguments: 1...8)
    func faults(_ seed: Int) async throws {
        let simulation = try await Simulation(seed: UInt64(seed))
        for number in 0..<24 { try await simulation.buy(number) }
        try await simulation.settle()
        try await simulation.expectOrder()
    }
}
