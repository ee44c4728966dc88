import Ledger

/// One order, carried out within one transaction: the key, the price, the policies, the holds and the purchase.
struct Buying: Sendable {
    let order: Shop.PurchaseOrder
    let buyer: Buyer
    /// Of an order that was not quoted before, its quote.
    let fresh: Quote?
    /// What kept the order from being had, before it was known to be repeated.
    let fault: (any Error)?
    let policies: KnownPolicies
    let price: @Sendable (Quote) throws -> PriceBreakdown
    /// Whether what it brings is a row of this same transaction.
    let isImmediate: @Sendable (CatalogItem) -> Bool
    let isSold: @Sendable (CatalogItem) -> Bool
    let id: ID
    let service: ID
    let now: Timestamp
    let dispatchSeconds: Int
    let world: World

    func carryOut(_ books: Books, _ rows: any Transaction) throws -> Shop.Purchased {
        if let first = try repeated(rows) { return first }
        if let fault { throw fault }
        var quote = try quote(rows)
        try check(quote, books, rows)
        quote.purchase = id
        let layers = try rows.layers(for: buyer, known: policies)
        try checkDuplicates(quote, layers, rows)
        let ground = ShopGround(rows, account: buyer.account, isTest: buyer.isTest, books: books)
        var wish = PolicyWish(quote, from: buyer.address, at: now)
        if case .renewal = buyer.role { wish.isWithoutAddress = true }
        let decision = try PolicyJudge.judge(wish, under: layers, on: ground)
        let purchase = makePurchase(quote, decision)
        switch decision.outcome {
        case .deny: return try deny(purchase, books, rows)
        case .ask: return try askFirst(purchase, decision, quote, books, rows)
        case .allow: return try authorize(purchase, decision, quote, books, rows)
        }
    }

    private func repeated(_ rows: any Transaction) throws -> Shop.Purchased? {
        let claim = order.key.claim(by: buyer.principal, for: id, at: now)
        guard let standing = try rows.standing(claim) else { return nil }
        let purchase = try rows.find(Purchase.self, standing.subject, of: buyer.account)
        let approval = try purchase.opening.approval.map { try rows.find(Approval.self, $0, of: buyer.account) }
        return Shop.Purchased(purchase: purchase.asOpened, approval: approval, isRepeated: true)
    }

    private func quote(_ rows: any Transaction) throws -> Quote {
        if let fresh { return fresh }
        guard case .quote(let id) = order.wish else { throw Refusal.hidden }
        return try rows.find(Quote.self, id, of: buyer.account)
    }

    private func check(_ quote: Quote, _ books: Books, _ rows: any Transaction) throws {
        if let purchase = quote.purchase {
            throw Refusal(
                .conflict, "This quote was bought already.", field: "quoteId", code: "quote_already_purchased",
                details: ["purchaseId": .string(purchase.uuid)])
        }
        guard quote.isTest == buyer.isTest else {
            throw Refusal(.notFound, "There is no quote \(quote.id).", field: "quoteId")
        }
        guard quote.expiresAt > now else {
            throw Refusal(
                .conflict, "This quote has expired: ask for a new one.", field: "quoteId", code: "quote_expired")
        }
        guard isSold(quote.item) else { throw Shop.notSold(quote.item) }
        let current = try price(quote)
        guard current.total == quote.price.total else { throw Refusal.priceChanged(current.total) }
        if let most = order.maxTotal, quote.price.total > most {
            throw Refusal(
                .conflict, "It costs \(quote.price.total.dollars) USD, and maxTotalMinor allows \(most.dollars) USD.",
                field: "maxTotalMinor", code: "max_total_exceeded",
                details: ["totalPriceMinor": .integer(quote.price.total.minor)])
        }
        if books.head.frozenAt != nil { throw Refusal.frozenWallet }
        if let extending = quote.extending {
            let service = try rows.find(Service.self, extending.service, of: buyer.account)
            // It may have been renewed or ended by somebody else since the shop looked at it.
            guard service.canBeExtended, order.version ?? service.version == service.version else {
                throw Refusal(
                    .conflict, "The service is \(service.status.rawValue).", field: "serviceId",
                    code: "item_unavailable")
            }
        }
    }

    /// The same item in the same configuration, bought a moment ago by the same agent.
    private func checkDuplicates(_ quote: Quote, _ layers: [PolicyLayer], _ rows: any Transaction) throws {
        let minutes = layers.duplicateWindowMinutes
        guard minutes > 0, !order.allowsDuplicate else { return }
        var page = RecordPage(account: buyer.account)
        page.labels = [quote.item.category]
        page.since = .first(at: now.adding(seconds: -60 * minutes))
        try rows.each(Purchase.self, page) { other in
            guard [.completed, .awaitingApproval].contains(other.state.status) || !other.state.status.isTerminal,
                other.agent == buyer.agent, other.isTest == buyer.isTest, other.quote.item.id == quote.item.id,
                other.quote.configuration == quote.configuration, other.quote.quantity == quote.quantity,
                other.quote.extending == quote.extending
            else { return }
            throw Refusal(
                .conflict, "The same was bought less than \(minutes) minutes ago; allowDuplicate buys it again.",
                code: "possible_duplicate", details: ["purchaseId": .string(other.id.uuid)])
        }
    }

    private func makePurchase(_ quote: Quote, _ decision: Decision) -> Purchase {
        let state = Purchase.State(status: .denied, updatedAt: now)
        var bought = quote
        bought.preview = []
        return Purchase(
            id: id, account: buyer.account, quote: bought, service: quote.extending?.service ?? service,
            actor: buyer.actor, agent: buyer.agent, key: buyer.key, idempotencyKey: order.key.key, why: order.why,
            isTest: buyer.isTest, trace: decision.trace, holds: [], createdAt: now, state: state, opening: state)
    }
}

/// The three ways on.
extension Buying {
    /// Kept, so that the same request is denied the same way again.
    private func deny(_ purchase: Purchase, _ books: Books, _ rows: any Transaction) throws -> Shop.Purchased {
        books.tell("purchase.denied", of: id, by: buyer.actor, ["total": .integer(purchase.total.minor)])
        try rows.insert(purchase)
        return Shop.Purchased(purchase: purchase, approval: nil, isRepeated: false)
    }

    private func askFirst(
        _ purchase: Purchase, _ decision: Decision, _ quote: Quote, _ books: Books, _ rows: any Transaction
    ) throws -> Shop.Purchased {
        var purchase = purchase
        purchase.holds = try books.hold(purchase, decision.draws, by: buyer.actor, at: now, world)
        let approval = Approval(
            id: world.newID(), account: buyer.account, subject: .purchase(id), hash: quote.hash,
            reasons: decision.trace.filter { $0.outcome == .ask }, createdAt: now,
            expiresAt: now.adding(seconds: 60 * decision.approvalMinutes))
        purchase.state.status = .awaitingApproval
        purchase.state.approval = approval.id
        purchase.dueAt = approval.expiresAt
        purchase.opening = purchase.state
        books.tell(
            "purchase.awaiting_approval", of: id, by: buyer.actor,
            ["approvalId": .string(approval.id.uuid), "quoteHash": .string(quote.hash)])
        try rows.insert(approval)
        try insert(purchase, quote, rows)
        return Shop.Purchased(purchase: purchase, approval: approval, isRepeated: false)
    }

    private func authorize(
        _ purchase: Purchase, _ decision: Decision, _ quote: Quote, _ books: Books, _ rows: any Transaction
    ) throws -> Shop.Purchased {
        var purchase = purchase
        purchase.holds = try books.hold(purchase, decision.draws, by: buyer.actor, at: now, world)
        purchase.state.status = .authorized
        books.tell("purchase.authorized", of: id, by: buyer.actor)
        if isImmediate(quote.item) {
            try purchase.begin(books, by: "shop", at: now)
            let brought = ProvisionOutcome.succeeded(
                ResourceRef(provisioner: quote.item.provisioner, id: purchase.service.uuid), outputs: .null)
            try purchase.complete(with: brought, books, rows, by: "shop", at: now, world)
        } else {
            // Whoever wrote it looks after it first.
            purchase.dueAt = now.adding(seconds: dispatchSeconds)
        }
        purchase.opening = purchase.state
        try insert(purchase, quote, rows)
        return Shop.Purchased(purchase: purchase, approval: nil, isRepeated: false)
    }

    private func insert(_ purchase: Purchase, _ quote: Quote, _ rows: any Transaction) throws {
        // What nobody has asked a quote for has none of its own: the purchase says all of it.
        if fresh == nil { try rows.update(quote) }
        try rows.insert(purchase)
    }
}
