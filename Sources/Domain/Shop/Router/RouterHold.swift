import Ledger

/// What an answer may cost, on its way to be held: of the service's credits, and of the key's limit.
struct RouterHold: Sendable {
    private let request: ModelRouter.Request
    private let bound: RouterBound
    private let maxTokens: Int
    private let cost: Money
    private let now: Timestamp
    /// Of the hold on credits, of the budget's opening and of the hold on the budget.
    private let ids: [ID]

    init(_ request: ModelRouter.Request, _ bound: RouterBound, maxTokens: Int, cost: Money, world: World) {
        self.request = request
        self.bound = bound
        self.maxTokens = maxTokens
        self.cost = cost
        now = world.now()
        ids = (0..<3).map { _ in world.newID() }
    }

    /// - Throws: `forbidden` for what is frozen, disabled or not in use, `unauthenticated` for a key that was revoked
    ///   or has expired, `insufficientFunds`.
    func place(for run: Run, in books: Books, _ rows: any Transaction) throws {
        guard books.head.frozenAt == nil else {
            throw Refusal(.forbidden, "The owner has frozen this account.", code: "wallet_frozen")
        }
        // As it is now: what the door has seen may be of a moment ago.
        guard let key = try rows.find(RouterKey.self, request.key.id) else {
            throw Refusal(.unauthenticated, "There is no such key.", code: "invalid_api_key")
        }
        try key.mustBeUsable(at: now)
        let service: Service = try rows.find(Service.self, key.service, of: key.account)
        guard service.isInUse else {
            throw Refusal(
                .forbidden, "The router that this key is of is \(service.status.rawValue).",
                code: "service_not_active")
        }
        var generation = generation(for: run, by: key)
        let group = try transfers(generation, key, in: books)
        try books.post(group) { _, _ in exhausted }
        generation.holds = group.filter { $0.kind == .pending }.map {
            Purchase.Hold(id: ID($0.id), debit: $0.debit.text, credit: $0.credit.text, amount: $0.amount)
        }
        try rows.insert(generation)
    }

    private func generation(for run: Run, by key: RouterKey) -> Generation {
        let model = request.model
        return Generation(
            id: run.id, account: key.account, service: key.service, key: key.id, model: model.name,
            upstream: model.upstream, upstreamModel: model.model, bound: cost, prices: model.prices,
            promptBytes: request.passthrough.promptBytes, maxTokens: maxTokens, choices: bound.choices,
            isStreamed: request.streams, isTest: key.isTest, createdAt: run.createdAt,
            dueAt: now.adding(seconds: ModelRouter.graceSeconds))
    }

    /// - Throws: `insufficientFunds` where they could not be made.
    private func transfers(_ generation: Generation, _ key: RouterKey, in books: Books) throws -> [Transfer] {
        guard cost > .zero else { return [] }
        let credits = AccountName.credits(key.service.uuid, isTest: key.isTest)
        let budget = RouterBudget(of: key, at: now)
        try books.fetch(balances: key.limit == nil ? [credits] : [credits, budget.account])
        let available = try books.balance(of: credits).available
        let left = try budget.left(in: books)
        if left.map({ $0 < cost.micros }) == true || available < cost.micros {
            throw exhausted(credits: available, limit: left)
        }
        var group = [transfer(0, credits, .routerRevenue(isTest: key.isTest), cost.micros, generation, key)]
        guard let left else { return group }
        if try books.standing(of: budget.account) == nil {
            var opening = transfer(1, .limits, budget.account, left, generation, key)
            opening.kind = .single
            opening.code = "router-limit"
            group.append(opening)
        }
        group.append(transfer(2, budget.account, .limits, cost.micros, generation, key))
        return group
    }

    private func transfer(
        _ place: Int, _ debit: AccountName, _ credit: AccountName, _ amount: Int64, _ generation: Generation,
        _ key: RouterKey
    ) -> Transfer {
        Transfer(
            id: TransferID(ids[place]), debit: debit, credit: credit, amount: amount, kind: .pending,
            code: "generation", subject: generation.id.uuid, actor: key.user, at: now.milliseconds)
    }

    private var exhausted: Refusal { exhausted(credits: 0, limit: nil) }

    /// - Parameters: what is left of the service's credits, and of the key's limit, if it has one.
    private func exhausted(credits: Int64, limit: Int64?) -> Refusal {
        let least = Money(micros: max(min(credits, limit ?? .max), 0))
        let isOfKey = limit.map { $0 < credits } ?? false
        let affordable = bound.affordableMaxTokens(least)
        let what = isOfKey ? "The key's limit leaves" : "The service's credits are"
        return Refusal(
            .insufficientFunds,
            "\(what) \(least.dollars) dollars, and this answer may cost \(cost.dollars): "
                + (affordable > 0
                    ? "ask for max_tokens of \(affordable) at most." : "not even one token of an answer can be paid."),
            code: Refusal.creditExhausted,
            details: [
                "affordableMaxTokens": .integer(Int64(affordable)), "maxTokens": .integer(Int64(maxTokens)),
                "costBoundUsd": .string(cost.dollars), "availableUsd": .string(least.dollars),
                "bindingConstraint": isOfKey ? "key_limit" : "credits",
            ])
    }
}
