/// Adds, lists and removes the webhooks of an account.
package struct ShopWebhooks: Sendable {
    /// Of one account.
    package static let most = 20

    private let store: any Store
    private let world: World
    private let master: MasterKey
    private let outbound: any Outbound

    package init(store: any Store, world: World, master: MasterKey, outbound: any Outbound) {
        self.store = store
        self.world = world
        self.master = master
        self.outbound = outbound
    }

    /// From the next event on.
    /// - Returns: it, and its secret, which is told this once.
    /// - Throws: `invalid` for an address that is none, `conflict` for one webhook too many.
    package func add(
        url: String, eventTypes: [String]?, by buyer: Buyer
    ) async throws -> (webhook: ShopWebhook, secret: String) {
        try check(url)
        if eventTypes?.isEmpty == true {
            throw Refusal.invalid("eventTypes", "eventTypes names one at least; without it all events are told.")
        }
        let secret = Secret.mintWebhook(world)
        let sealed = Secret.base64URL(try master.seal(secret))
        let (id, now) = (world.newID(), world.now())
        let webhook = try await write(buyer.account) { books, rows in
            guard try Self.list(of: buyer.account, in: rows).count < Self.most else {
                throw Refusal(.conflict, "An account has \(Self.most) webhooks at most.")
            }
            books.tell("webhook.added", of: id, by: buyer.actor)
            let webhook = ShopWebhook(
                id: id, account: buyer.account, url: url, eventTypes: eventTypes, sealedSecret: sealed,
                after: books.head.eventSequence, createdAt: now)
            try rows.insert(webhook)
            return webhook
        }
        return (webhook, secret)
    }

    /// In the order in which they were made.
    package func list(of account: ID) async throws -> [ShopWebhook] {
        try await store.read { try Self.list(of: account, in: $0) }
    }

    /// For good, with its secret.
    package func remove(_ id: ID, by buyer: Buyer) async throws {
        try await write(buyer.account) { books, rows in
            var webhook = try rows.find(ShopWebhook.self, id, of: buyer.account)
            webhook.state = .removed
            webhook.dueAt = nil
            try rows.update(webhook)
            _ = try rows.removeRecords(
                of: ShopWebhook.kind, on: webhook.shelf, before: id.successor ?? id, limit: Self.most)
            books.tell("webhook.removed", of: id, by: buyer.actor)
        }
    }

    private static func list(of account: ID, in rows: any Transaction) throws -> [ShopWebhook] {
        var page = RecordPage(account: account)
        page.newestFirst = false
        return try rows.list(ShopWebhook.self, page)
    }

    private func check(_ url: String) throws(Refusal) {
        do {
            try outbound.check(url: url)
        } catch {
            throw .invalid("url", "url: \(error.message)")
        }
    }

    private func write<Answer: Sendable>(
        _ account: ID, _ work: @escaping @Sendable (Books, any Transaction) throws -> Answer
    ) async throws -> Answer {
        let now = world.now()
        return try await store.writeTogether(as: account) { rows in
            try Books.write(of: account, in: rows, at: now) { try work($0, rows) }
        }
    }
}
