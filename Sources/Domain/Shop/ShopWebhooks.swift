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
        let (fresh, secret) = try make(url: url, eventTypes: eventTypes, of: nil, by: buyer)
        let webhook = try await write(buyer.account) { books, rows in
            guard try Self.list(of: buyer.account, in: rows).count(where: { $0.service == nil }) < Self.most else {
                throw Refusal(.conflict, "An account has \(Self.most) webhooks at most.")
            }
            return try Self.insert(fresh, books, rows, by: buyer)
        }
        return (webhook, secret)
    }

    /// Has the events of one service sent to an address, from the next on and in place of the one before.
    /// - Parameter url: nil where they are to be sent nowhere any more.
    /// - Returns: the secret that signs them, which is told this once; nil where everything is as it was.
    package func set(
        service id: ID, url: String?, eventTypes: [String], by buyer: Buyer
    ) async throws -> String? {
        let (fresh, secret) = try make(url: url ?? "", eventTypes: eventTypes, of: id, by: buyer)
        return try await write(buyer.account) { books, rows in
            _ = try rows.service(id, for: buyer)
            for old in try Self.list(of: buyer.account, service: id, in: rows) {
                if old.url == url, old.eventTypes == eventTypes, old.state == .active { return nil }
                try Self.remove(old, books, rows, by: buyer.actor)
            }
            guard url != nil else { return nil }
            _ = try Self.insert(fresh, books, rows, by: buyer)
            return secret
        }
    }

    private func make(
        url: String, eventTypes: [String]?, of service: ID?, by buyer: Buyer
    ) throws -> (webhook: ShopWebhook, secret: String) {
        let secret = Secret.mintWebhook(world)
        let webhook = ShopWebhook(
            id: world.newID(), account: buyer.account, service: service, url: url, eventTypes: eventTypes,
            sealedSecret: Secret.base64URL(try master.seal(secret)), after: 0, createdAt: world.now())
        return (webhook, secret)
    }

    private static func insert(
        _ fresh: ShopWebhook, _ books: Books, _ rows: any Transaction, by buyer: Buyer
    ) throws -> ShopWebhook {
        var webhook = fresh
        books.tell("webhook.added", of: webhook.id, by: buyer.actor)
        webhook.after = books.head.eventSequence
        try rows.insert(webhook)
        return webhook
    }

    /// In the order in which they were made.
    package func list(of account: ID) async throws -> [ShopWebhook] {
        try await store.read { try Self.list(of: account, in: $0) }
    }

    /// For good, with its secret.
    package func remove(_ id: ID, by buyer: Buyer) async throws {
        try await write(buyer.account) { books, rows in
            try Self.remove(rows.find(ShopWebhook.self, id, of: buyer.account), books, rows, by: buyer.actor)
        }
    }

    /// Those of a service that is there no more.
    static func removeAll(of service: Service, _ books: Books, _ rows: any Transaction) throws {
        for webhook in try list(of: service.account, service: service.id, in: rows) {
            try remove(webhook, books, rows, by: "shop")
        }
    }

    private static func remove(
        _ old: ShopWebhook, _ books: Books, _ rows: any Transaction, by actor: String
    ) throws {
        var webhook = old
        webhook.state = .removed
        webhook.dueAt = nil
        try rows.update(webhook)
        _ = try rows.removeRecords(
            of: ShopWebhook.kind, on: webhook.shelf, before: old.id.successor ?? old.id, limit: Self.most)
        books.tell("webhook.removed", of: old.id, by: actor)
    }

    /// - Parameter service: the only one that they are of; nil for all of the account.
    private static func list(
        of account: ID, service: ID? = nil, in rows: any Transaction
    ) throws -> [ShopWebhook] {
        var page = RecordPage(account: account)
        page.parent = service
        page.newestFirst = false
        var found: [ShopWebhook] = []
        try rows.each(ShopWebhook.self, page) { found.append($0) }
        return found
    }

    /// - Throws: `invalid` for an address that is none, or that nothing is sent to from here.
    package func check(_ url: String) throws(Refusal) {
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
