package import Ledger

/// Buying, and asking how it stands.
extension Shop {
    /// Buys what was quoted, or what is described, once for each key.
    ///
    /// A purchase that policies deny is kept and returned; one that cannot be, for want of money or because the price
    /// has changed, is refused and leaves the key unused.
    package func purchase(_ order: PurchaseOrder, for buyer: Buyer) async throws -> Purchased {
        if let why = order.why, why.utf8.count > 1000 {
            throw Refusal.invalid("reason", "reason has 1,000 bytes at most.")
        }
        var (fresh, fault): (Quote?, (any Error)?)
        if case .order(let described) = order.wish {
            do {
                let quote = try await priced(described, for: buyer)
                fault = await self.fault(of: quote, in: buyer)
                fresh = quote
            } catch {
                fault = error
            }
        }
        return try await buy(order, for: buyer, fresh: fresh, fault: fault)
    }

    func buy(
        _ order: PurchaseOrder, for buyer: Buyer, fresh: Quote?, fault: (any Error)?
    ) async throws -> Purchased {
        try await directory.refresh()
        let sold = Set(catalog.filter { !$0.isDisabled }.map(\.id))
        let (shop, now) = (self, world.now())
        let buying = Buying(
            order: order, buyer: buyer, fresh: fresh, fault: fault, policies: policies,
            price: { try shop.currentPrice(of: $0) },
            isImmediate: { (try? shop.provisioner($0.provisioner).isImmediate) ?? false },
            isSold: { sold.contains($0.id) }, id: fresh?.id ?? world.newID(), service: world.newID(),
            now: now, dispatchSeconds: settings.dispatchSeconds, world: world)
        let purchased = try await write(buyer.account) { try buying.carryOut($0, $1) }
        if !purchased.isRepeated { follow(purchased.purchase) }
        return purchased
    }

    /// What a quote would cost now.
    func currentPrice(of quote: Quote) throws -> PriceBreakdown {
        let item = catalog.first { $0.id == quote.item.id } ?? quote.item
        let provisioner = try provisioner(item.provisioner)
        // What more of a service costs was worked out of how it stood; the quote holds as long as it lasts.
        guard quote.extending == nil else { return quote.price }
        return try provisioner.price(item, quote.configuration, quantity: quote.quantity)
    }

    /// Begins to bring what was just bought, on this server.
    private func follow(_ purchase: Purchase) {
        guard purchase.state.status == .authorized else { return }
        fresh.add(purchase)
        bell.ring()
    }

    /// - Parameter waitSeconds: how long to wait for a change of a purchase that is not at its end.
    package func purchase(
        _ id: ID, for buyer: Buyer, waitSeconds: Int = 0
    ) async throws -> (purchase: Purchase, approval: Approval?) {
        let end = world.uptime() + Int64(min(waitSeconds, settings.waitSeconds)) * 1_000_000_000
        let first = try await look(id, for: buyer)
        var seen = first
        while !seen.purchase.state.status.isTerminal, seen.purchase.state.status == first.purchase.state.status {
            let left = end - world.uptime()
            guard left > 0, !Task.isCancelled else { break }
            // Another server's changes are not told here.
            await news.wait(for: id, atMost: .nanoseconds(min(left, 250_000_000)), in: world)
            seen = try await look(id, for: buyer)
        }
        return seen
    }

    private func look(_ id: ID, for buyer: Buyer) async throws -> (purchase: Purchase, approval: Approval?) {
        try await store.read { rows in
            let purchase = try rows.find(Purchase.self, id, of: buyer.account)
            guard buyer.sees(purchase.isTest) else { throw Refusal(.notFound, "There is no purchase \(id).") }
            return (purchase, try purchase.state.approval.map { try rows.find(Approval.self, $0, of: buyer.account) })
        }
    }

    /// What was bought with a key: where an answer was lost.
    package func purchase(
        withKey key: String, for buyer: Buyer
    ) async throws -> (purchase: Purchase, approval: Approval?) {
        let principal = buyer.principal.id
        let id = try await store.read { try $0.subject(ofKey: key, principal: principal, path: Self.purchasePath) }
        guard let id else {
            throw Refusal(.notFound, "Nothing was bought with this key.", field: "idempotencyKey")
        }
        return try await look(id, for: buyer)
    }

    /// Under which purchases keep their keys, through whichever door they come.
    package static let purchasePath = "shop/purchases"

    /// Newest first.
    package func purchases(
        for buyer: Buyer, status: Purchase.Status?, category: String?, limit: Int, after: ID?
    ) async throws -> (purchases: [Purchase], next: ID?) {
        var page = RecordPage(account: buyer.account)
        page.shelves = status.map { [$0.rawValue] }
        page.labels = category.map { [$0] }
        let found = try await list(Purchase.self, page, limit: limit, after: after) { buyer.sees($0.isTest) }
        return (found.records, found.next)
    }

    /// A page of records that a buyer may see.
    func list<Record: ShopRecord>(
        _: Record.Type, _ page: RecordPage, limit: Int, after: ID?,
        where isSeen: @escaping @Sendable (Record) -> Bool
    ) async throws -> (records: [Record], next: ID?) {
        let first = page
        let found = try await store.read { rows -> [Record] in
            var page = first
            page.after = after
            page.limit = limit + 1
            var found: [Record] = []
            while found.count <= limit {
                let records = try rows.list(Record.self, page)
                found += records.filter(isSeen)
                guard records.count == page.limit else { break }
                page.after = records.last?.id
            }
            return found
        }
        let shown = Array(found.prefix(limit))
        return (shown, found.count > limit ? shown.last?.id : nil)
    }

    /// Gives up a purchase that nothing was done for yet.
    /// - Throws: `conflict` for every other.
    package func cancel(
        purchase id: ID, for buyer: Buyer, key: IdempotencyKey?, reason: String?
    ) async throws -> (purchase: Purchase, isRepeated: Bool) {
        let (world, now) = (world, world.now())
        let claim = key?.claim(by: buyer.principal, for: id, at: now)
        let canceled = try await write(buyer.account) { books, rows -> (Purchase, Bool) in
            var purchase = try rows.find(Purchase.self, id, of: buyer.account)
            guard buyer.sees(purchase.isTest) else { throw Refusal(.notFound, "There is no purchase \(id).") }
            if try rows.standing(claim) != nil { return (purchase, true) }
            try purchase.end(as: .canceled, because: reason, books, by: buyer.actor, at: now, world)
            try rows.close(purchase.state.approval, as: .canceled, of: buyer.account)
            return (try rows.update(purchase), false)
        }
        news.tell(id)
        return (canceled.0, canceled.1)
    }
}

extension Buyer {
    /// Play and earnest are kept apart, but an owner sees both.
    func sees(_ isTest: Bool) -> Bool { isOwner || self.isTest == isTest }

    /// The same, looking at one of both.
    func seeing(_ isTest: Bool) -> Buyer {
        var buyer = self
        buyer.isTest = isTest
        return buyer
    }
}

extension RecordRows {
    /// An approval that is decided by what became of its purchase.
    func close(_ approval: ID?, as state: Approval.State, of account: ID) throws {
        guard let approval else { return }
        var record = try find(Approval.self, approval, of: account)
        guard record.state == .pending else { return }
        record.state = state
        try update(record)
    }
}
