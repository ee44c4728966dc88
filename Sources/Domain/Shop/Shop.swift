package import Ledger
package import Logging

/// What sells: the catalog, quotes, purchases, services and the money behind them. Every door comes through here.
package struct Shop: Sendable {
    let store: any Store
    let world: World
    let directory: Directory
    package let provisioners: [any Provisioner]
    let settings: ShopSettings
    let logger: Logger
    /// Rung when there may be something to dispatch.
    let bell: Bell
    /// Rung when a purchase or an operation has moved on.
    let news: ShopNews
    let fresh = FreshPurchases()
    let policies = KnownPolicies()

    package init(
        store: any Store, world: World, directory: Directory, provisioners: [any Provisioner],
        settings: ShopSettings = ShopSettings(), logger: Logger
    ) {
        self.store = store
        self.world = world
        self.directory = directory
        self.provisioners = provisioners
        self.settings = settings
        self.logger = logger
        bell = Bell(world)
        news = ShopNews()
    }

    /// - Throws: `unavailable` for one that this server does not have.
    func provisioner(_ kind: String) throws(Refusal) -> any Provisioner {
        guard let found = provisioners.first(where: { $0.kind == kind }) else {
            throw Refusal(
                .unavailable, "There is no provisioner “\(kind)” on this server.", code: "provider_unavailable")
        }
        return found
    }

    /// Test keys deal with simulated things only.
    func provisioner(for item: CatalogItem, isTest: Bool) throws(Refusal) -> any Provisioner {
        let found = try provisioner(item.provisioner)
        guard !isTest || found.reality == .simulated || found.isImmediate else {
            throw Refusal(.forbidden, "Test keys buy only what is simulated.", code: "item_unavailable")
        }
        return found
    }

    /// A transaction on an account's books, which are its first lock.
    func write<Answer: Sendable>(
        _ account: ID, _ work: @escaping @Sendable (Books, any Transaction) throws -> Answer
    ) async throws -> Answer {
        let now = world.now()
        return try await store.writeTogether(as: account) { rows in
            try Books.write(of: account, in: rows, at: now) { try work($0, rows) }
        }
    }
}

/// Times of the shop.
package struct ShopSettings: Sendable, Equatable {
    /// How long a quote holds.
    package var quoteSeconds = 900
    /// How long a server has for what it has taken to do; then another looks after it.
    package var dispatchSeconds = 60
    /// Between two looks at what is not known, at first and at most.
    package var lookupSeconds = 2
    package var longestLookupSeconds = 300
    /// Looks without an answer after which an owner is told.
    package var lookupsBeforeAlert = 5
    /// Longest wait for a change that a caller may ask for.
    package var waitSeconds = 25

    package init() {}
}
