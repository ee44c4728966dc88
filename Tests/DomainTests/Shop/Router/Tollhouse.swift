import Ledger
import Logging
import TestKit

@testable import Domain

/// Where the road to the models is paid for: Ana's account owns a router with some credits, and a scripted model that
/// costs one millionth of a dollar for a token of input, and two for one of output.
struct Tollhouse: Sendable {
    static let prices = ModelPrice(input: 1_000_000, output: 2_000_000)

    let scene: Scene
    let router: ModelRouter
    let keys: RouterKeys
    let service: ID
    let model: RouterModel
    /// Ana's shopper.
    let shopper: Buyer

    /// - Parameter credits: in millionths of a dollar.
    init(
        credits: Int64 = 1_000_000, isTest: Bool = false, rules: @escaping RouterKeys.Rules = { _, _ in [] }
    ) async throws {
        scene = try await Scene()
        model = Self.model
        let (store, world) = (scene.gate, scene.clock.world)
        router = Self.router(scene, scene.runs)
        keys = RouterKeys(store: store, world: world, rules: rules)
        shopper = Buyer(
            account: scene.ana.account, role: .agent(label: "shopper", key: world.newID()), scopes: [], isTest: isTest)
        service = try await Self.service(of: scene.ana.account, isTest: isTest, scene)
        try await fund(credits, isTest: isTest)
    }

    static var model: RouterModel {
        var model = RouterModel(name: "house/first", upstream: "scripted", model: "first", prices: prices)
        model.maxOutputTokens = 100
        model.overheadTokens = 0
        return model
    }

    static func router(_ scene: Scene, _ runs: Runs) -> ModelRouter {
        ModelRouter(
            store: scene.gate, world: scene.clock.world, runs: runs,
            rates: Rates(store: scene.gate, world: scene.clock.world), models: RouterModels([model]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A router that was bought.
    static func service(of account: ID, isTest: Bool, _ scene: Scene) async throws -> ID {
        let (id, now) = (scene.clock.world.newID(), scene.clock.now)
        let item = CatalogItem(
            id: "cat_router_credit_001", sku: "llm-router-credit-balance", name: "LLM Router Credits", about: "",
            category: "api_tokens", serviceType: "llm_router", provisioner: "router",
            price: ItemPrice(unit: .zero))
        let service = Service(
            id: id, account: account, purchase: id, item: item, configuration: .null, quantity: 1, reality: .real,
            resource: ResourceRef(provisioner: "router", id: id.uuid), outputs: .null, isTest: isTest, status: .active,
            createdAt: now, updatedAt: now)
        try await scene.gate.write { try $0.insert(service) }
        return id
    }

    var credits: AccountName { .credits(service.uuid, isTest: shopper.isTest) }

    func fund(_ micros: Int64, isTest: Bool = false) async throws {
        guard micros > 0 else { return }
        let (account, now) = (scene.ana.account, scene.clock.now)
        let gift = Transfer(
            id: TransferID(scene.clock.world.newID()), debit: .world("gift", isTest: isTest), credit: credits,
            amount: micros, code: "fund", actor: "owner:cli", at: now.milliseconds)
        try await scene.gate.write { rows in
            try Books.write(of: account, in: rows, at: now) { books in
                try books.post([gift]) { _, outcome in Refusal(.conflict, outcome.rawValue) }
            }
        }
    }

    func key(_ change: (inout RouterKeys.Wish) -> Void = { _ in }) async throws -> RouterKey {
        var wish = RouterKeys.Wish(service: service, name: "production")
        change(&wish)
        return try await keys.create(wish, for: shopper, key: nil).key
    }

    /// A prompt of 50 bytes: 66 tokens at most, so that an answer of `maxTokens` may cost 66 + 2 · maxTokens.
    func request(
        _ key: RouterKey, maxTokens: Int? = 10, _ change: (inout ModelRouter.Request) -> Void = { _ in }
    ) -> ModelRouter.Request {
        var request = ModelRouter.Request(
            key: key, model: model, facts: RouterFacts(bytes: 50, messages: 1),
            passthrough: Passthrough(json: #"{"model":"x","messages":[]}"#, promptBytes: 50))
        request.maxTokens = maxTokens
        change(&request)
        return request
    }

    /// Asks, and the answer is live.
    func ask(
        _ key: RouterKey, maxTokens: Int? = 10, _ change: (inout ModelRouter.Request) -> Void = { _ in }
    ) async throws -> LiveRun {
        let reading = try await router.answer(request(key, maxTokens: maxTokens, change)).reading
        guard case .live(let live) = reading else { throw Refusal(.conflict, "The run is not live.") }
        return live
    }

    /// The generation once it is over and paid, or void.
    func paid(_ id: ID) async throws -> Generation {
        try await until { try await generation(id).status != .open }
        return try await generation(id)
    }

    func generation(_ id: ID) async throws -> Generation { try await router.generation(id, for: shopper) }

    var balance: Balance {
        get async throws {
            let name = credits
            return try await scene.gate.read { try $0.balances(of: [name])[name] ?? Balance() }
        }
    }

    /// Every transfer of Ana's books.
    var transfers: [Transfer] {
        get async throws {
            let account = scene.ana.account
            return try await scene.gate.read {
                try $0.entries(of: account, after: 0, limit: 100_000).map(\.transfer)
            }
        }
    }

    /// What the router's revenue has really got.
    var revenue: Int64 {
        get async throws {
            try await transfers.filter { $0.credit == .routerRevenue() && $0.kind.word == "post" }
                .reduce(0) { $0 + $1.amount }
        }
    }
}
