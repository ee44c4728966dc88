package import Ledger

/// Prices that hold for a while.
extension Shop {
    /// What somebody would like to have.
    package struct QuoteOrder: Sendable, Equatable {
        package var itemID: String
        package var quantity: Int
        package var configuration: JSONValue
        package var clientReference: String?

        package init(itemID: String, quantity: Int, configuration: JSONValue, clientReference: String? = nil) {
            self.itemID = itemID
            self.quantity = quantity
            self.configuration = configuration
            self.clientReference = clientReference
        }
    }

    /// What is to be bought: something that was quoted, or something as it is described.
    package enum Wish: Sendable, Equatable {
        case quote(ID)
        case order(QuoteOrder)
    }

    /// A price for an order, and what the policies would say of buying it now.
    package func quote(
        _ order: QuoteOrder, for buyer: Buyer, key: IdempotencyKey?
    ) async throws -> (quote: Quote, preview: Decision, isRepeated: Bool) {
        let fresh = try await priced(order, for: buyer)
        let fault = await fault(of: fresh, in: buyer)
        let claim = key?.claim(by: buyer.principal, for: fresh.id, at: fresh.createdAt)
        return try await store.write { rows in
            if let standing = try rows.standing(claim) {
                let quote = try rows.find(Quote.self, standing.subject, of: buyer.account)
                return (quote, Decision(trace: quote.preview, draws: []), true)
            }
            if let fault { throw fault }
            let preview = try Self.preview(fresh, for: buyer, at: fresh.createdAt, in: rows)
            var quote = fresh
            quote.preview = preview.trace
            try rows.insert(quote)
            return (quote, preview, false)
        }
    }

    /// - Throws: `notFound` for another account's.
    package func quote(_ id: ID, for buyer: Buyer) async throws -> Quote {
        let quote = try await store.read { rows in
            // What was bought without asking for a quote is its own: they have one id.
            if let own = try rows.find(Purchase.self, id), own.quote.id == id, own.account == buyer.account {
                return own.quote
            }
            return try rows.find(Quote.self, id, of: buyer.account)
        }
        guard buyer.sees(quote.isTest) else { throw Refusal(.notFound, "There is no quote \(id).") }
        return quote
    }

    /// What keeps it from being had now, if anything does.
    func fault(of quote: Quote, in buyer: Buyer) async -> (any Error)? {
        do {
            try await provisioner(for: quote.item, isTest: buyer.isTest).check(quote.item, quote.configuration)
            return nil
        } catch {
            return error
        }
    }

    /// A quote that is not kept yet.
    func priced(_ order: QuoteOrder, for buyer: Buyer) async throws -> Quote {
        let item = try await item(order.itemID)
        guard (1...100).contains(order.quantity) else {
            throw Refusal.invalid("quantity", "quantity is a number from 1 to 100.")
        }
        if let reference = order.clientReference, reference.utf8.count > 200 {
            throw Refusal.invalid("clientReference", "clientReference has 200 bytes at most.")
        }
        let provisioner = try provisioner(for: item, isTest: buyer.isTest)
        try provisioner.requirements(of: item).validate(order.configuration)
        let price = try provisioner.price(item, order.configuration, quantity: order.quantity)
        return makeQuote(
            of: item, order.configuration, quantity: order.quantity, price, provisioner.reality,
            reference: order.clientReference, for: buyer)
    }

    func makeQuote(
        of item: CatalogItem, _ configuration: JSONValue, quantity: Int, _ price: PriceBreakdown, _ reality: Reality,
        reference: String? = nil, extending: Quote.Extension? = nil, for buyer: Buyer
    ) -> Quote {
        let now = world.now()
        var quote = Quote(
            id: world.newID(), account: buyer.account, actor: buyer.actor, item: item, configuration: configuration,
            quantity: quantity, price: price, reality: reality, hash: "", clientReference: reference,
            isTest: buyer.isTest, extending: extending, createdAt: now,
            expiresAt: now.adding(seconds: settings.quoteSeconds))
        quote.hash = quote.fingerprint
        return quote
    }

    static func preview(
        _ quote: Quote, for buyer: Buyer, at now: Timestamp, in rows: any Transaction
    ) throws -> Decision {
        let ground = ShopGround(rows, account: buyer.account, isTest: buyer.isTest)
        return try PolicyJudge.judge(
            PolicyWish(quote, from: buyer.address, at: now), under: rows.layers(for: buyer), on: ground)
    }
}

extension Quote {
    /// What was offered, as SHA-256 in hexadecimal: the same for the same offer, whoever asks.
    var fingerprint: String {
        let parts: [JSONValue] = [
            .string(id.uuid), .string(item.id), .string(item.sku), .integer(Int64(quantity)), configuration,
            .integer(price.total.micros), .string(extending?.service.uuid ?? ""),
            .string(extending?.action.name ?? ""), extending?.action.input ?? .null,
        ]
        return JSONValue.array(parts).fingerprint
    }

    /// Accounts that its money goes to, with how much.
    func payees(of service: ID) -> [(credit: AccountName, amount: Int64)] {
        let kept = price.balance.micros
        let sold = price.total.micros - kept
        return [
            (AccountName.revenue(item.category, isTest: isTest), sold),
            (AccountName.credits(service.uuid, isTest: isTest), kept),
        ].filter { $0.amount > 0 }
    }
}

extension PolicyWish {
    init(_ quote: Quote, from address: String?, at moment: Timestamp) {
        self.init(
            account: quote.account, item: quote.item, configuration: quote.configuration, quantity: quote.quantity,
            price: quote.price, address: address, isTest: quote.isTest, at: moment)
        action = quote.extending?.action.name
    }
}
