package import Logging
import Synchronization

/// Sells answers of models for credits: holds what an answer may cost at most before it is asked for, and has its real
/// price paid when it is over, however it ends.
package final class ModelRouter: Sendable {
    /// After which a generation is looked after whose end nobody has told.
    static let graceSeconds = 20
    /// How often an answer that is to be as long as can be paid is tried with what is left, while others spend too.
    private static let mostClamps = 8

    package let models: RouterModels
    let store: any Store
    let world: World
    let logger: Logger
    private let runs: Runs
    private let rates: Rates
    /// Generations that are being paid.
    let paying = Mutex<[ID: Task<Generation?, any Error>]>([:])

    package init(
        store: any Store, world: World, runs: Runs, rates: Rates, models: RouterModels, logger: Logger
    ) {
        self.store = store
        self.world = world
        self.runs = runs
        self.rates = rates
        self.models = models
        self.logger = logger
        runs.onOver { [weak self] run in
            guard let self, run.agent == Agent.routerCode else { return }
            Task { await self.noteEnd(of: run.id) }
        }
    }

    /// A request to a model, as its door has understood it.
    package struct Request: Sendable {
        package var key: RouterKey
        package var model: RouterModel
        package var facts: RouterFacts
        /// Everything that goes to the model's server.
        package var passthrough: Passthrough
        package var maxTokens: Int?
        /// Whether the answer is to be shorter where what is asked for cannot be paid.
        package var clamps = false
        package var streams = false
        package var includesUsage = false
        package var idempotency: IdempotencyKey?
        package var after: Cursor?
        /// Where the reader lives, for the upstream's adapter.
        package var place: (any Sendable)?

        package init(key: RouterKey, model: RouterModel, facts: RouterFacts, passthrough: Passthrough) {
            self.key = key
            self.model = model
            self.facts = facts
            self.passthrough = passthrough
        }

        /// Under whose name its idempotency keys are kept.
        package var principal: Principal { ModelRouter.principal(of: key) }
    }

    package static func principal(of key: RouterKey) -> Principal {
        Principal(id: key.user, account: key.account, agents: [Agent.routerCode], scopes: [])
    }

    /// Begins to answer, once what the answer may cost is held; or finds the answer that the same request has begun.
    /// The run that answers is the generation's, by its id.
    /// - Throws: `insufficientFunds` (`router_credit_exhausted`, with `affordableMaxTokens`), and what `Runs.start`
    ///   does.
    package func answer(_ request: Request) async throws -> (reading: Runs.Reading, isRepeated: Bool) {
        let bound = try RouterBound(of: request.facts, for: request.model, key: request.key)
        var maxTokens = bound.maxTokens(asked: request.maxTokens)
        for _ in 0..<Self.mostClamps where request.clamps {
            do {
                return try await runs.start(order(request, bound, maxTokens))
            } catch let refusal as Refusal {
                guard let affordable = refusal.affordableMaxTokens, (1..<maxTokens).contains(affordable) else {
                    throw refusal
                }
                maxTokens = affordable
            }
        }
        return try await runs.start(order(request, bound, maxTokens))
    }

    /// Counts a request to the rates of its key.
    /// - Returns: where the key stands in its requests and its tokens, as far as they are limited.
    /// - Throws: `invalid` for one that alone is more than the key may have in a minute.
    package func pass(_ request: Request) async throws -> [(name: String, standing: RateWindow.Standing)] {
        let bound = try RouterBound(of: request.facts, for: request.model, key: request.key)
        let prompt = TokenEstimate.tokens(ofBytes: request.facts.bytes)
        let tokens = prompt + bound.maxTokens(asked: request.maxTokens) * bound.choices
        let limits = [
            ("requests", request.key.requestsPerMinute, 1), ("tokens", request.key.tokensPerMinute, tokens),
        ]
        if let most = request.key.tokensPerMinute, tokens > most {
            throw Refusal.invalid(
                "max_tokens", "Such an answer may have \(tokens) tokens, and the key \(most) in a minute.")
        }
        let claims = limits.compactMap { name, most, weight in
            most.map {
                (name, Rates.Claim("router/\(name)/\(request.key.id.uuid)", RateRule(requests: $0, seconds: 60),
                    weight: weight))
            }
        }
        return Array(zip(claims.map(\.0), try await rates.takeEach(claims.map(\.1))))
    }

    private func order(_ request: Request, _ bound: RouterBound, _ maxTokens: Int) throws -> Runs.Order {
        var question = Question(messages: [])
        question.asAgent = false
        question.passthrough = request.passthrough
        question.modelName = request.model.name
        question.includesUsage = request.includesUsage
        question.maxOutputTokens = maxTokens
        let agent = Agent(
            code: Agent.routerCode, account: request.key.account, name: "Router",
            source: .init(upstream: request.model.upstream, model: request.model.model), leaving: .cancel,
            createdAt: request.key.createdAt)
        var order = Runs.Order(principal: request.principal, agent: agent, conversation: nil, question: question)
        order.idempotency = request.idempotency
        order.after = request.after
        order.place = request.place
        let cost = try bound.cost(maxTokens: maxTokens)
        let hold = RouterHold(request, bound, maxTokens: maxTokens, cost: cost, world: world)
        order.charge = { run, books, rows in try hold.place(for: run, in: books, rows) }
        return order
    }
}

extension Refusal {
    static let creditExhausted = "router_credit_exhausted"

    fileprivate var affordableMaxTokens: Int? {
        guard code == Self.creditExhausted else { return nil }
        return details?["affordableMaxTokens"]?.integer.map { Int($0) }
    }
}
