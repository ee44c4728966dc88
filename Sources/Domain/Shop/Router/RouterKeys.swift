package import Ledger

/// Makes keys of the router, changes and ends them, and recognises them.
package struct RouterKeys: Sendable {
    /// What the owner's policies say of keys that somebody makes or changes.
    package typealias Rules = @Sendable (Buyer, any Transaction) throws -> [Policy.RouterRule]

    /// How long the letters before a rotation are still honoured.
    package static let overlapSeconds = 3600
    static let serviceType = "llm_router"
    static let longestName = 200
    static let mostModels = 100

    let store: any Store
    let world: World
    let rules: Rules

    package init(store: any Store, world: World, rules: @escaping Rules = { _, _ in [] }) {
        self.store = store
        self.world = world
        self.rules = rules
    }

    /// What somebody would like a key to be.
    package struct Wish: Sendable {
        package var service: ID
        package var name: String
        package var limit: Money?
        package var limitReset: RouterKey.Reset?
        package var expiresAt: Timestamp?
        package var allowedModels: [String]?
        package var requestsPerMinute: Int?
        package var tokensPerMinute: Int?

        package init(service: ID, name: String) {
            self.service = service
            self.name = name
        }
    }

    /// A key, and its letters, which are told this once.
    package struct Made: Sendable {
        package var key: RouterKey
        /// nil where the same request has made it before.
        package var letters: String?
        package var isRepeated: Bool { letters == nil }
    }

    /// - Throws: `notFound` for a service that is not the buyer's or no router, `conflict` for one that is not active,
    ///   `invalid` for what no key can be, `forbidden` (`policy_denied`) for what a policy does not allow.
    package func create(_ wish: Wish, for buyer: Buyer, key idempotency: IdempotencyKey?) async throws -> Made {
        let (id, now, secret, rules) = (world.newID(), world.now(), Secret.mint(world), rules)
        let claim = idempotency?.claim(by: buyer.principal, for: id, at: now)
        return try await write(buyer.account) { books, rows in
            let letters = RouterKey.Letters(id: id, secret: secret).text
            if let standing = try rows.standing(claim) {
                // Its own, where the storage did not say at once that it had kept it.
                let key = try Self.key(standing.subject, for: buyer, in: rows)
                return Made(key: key, letters: standing.subject == id ? letters : nil)
            }
            let service = try Self.service(wish.service, for: buyer, in: rows)
            guard service.isInUse else {
                throw Refusal(.conflict, "The service is \(service.status.rawValue).", field: "serviceId")
            }
            var key = RouterKey(
                id: id, account: buyer.account, service: service.id, name: wish.name,
                secretHash: Secret.hash(secret), isTest: service.isTest, actor: buyer.actor, createdAt: now)
            key.limit = wish.limit
            key.limitReset = wish.limitReset
            key.expiresAt = wish.expiresAt
            key.allowedModels = wish.allowedModels
            key.requestsPerMinute = wish.requestsPerMinute
            key.tokensPerMinute = wish.tokensPerMinute
            try key.check(at: now)
            try key.narrow(by: rules(buyer, rows))
            try rows.insert(key)
            books.tell("router_key.created", of: key.service, by: buyer.actor, key.named)
            return Made(key: key, letters: letters)
        }
    }

    /// Of one service, newest first.
    package func list(
        service: ID, for buyer: Buyer, limit: Int = 50, after: ID? = nil
    ) async throws -> (keys: [RouterKey], next: ID?) {
        var page = RecordPage(account: buyer.account)
        page.parent = service
        page.after = after
        page.limit = limit + 1
        let asked = page
        let found = try await store.read { rows in
            _ = try Self.service(service, for: buyer, in: rows)
            return try rows.list(RouterKey.self, asked)
        }
        return (Array(found.prefix(limit)), found.count > limit ? found[limit - 1].id : nil)
    }

    package func key(_ id: ID, for buyer: Buyer) async throws -> RouterKey {
        try await store.read { try Self.key(id, for: buyer, in: $0) }
    }

    /// The key that these letters are, with what it spends.
    /// - Returns: nil for letters that are no key's.
    /// - Throws: `unauthenticated` for one that was revoked or has expired, `forbidden` for one that is disabled.
    package func recognise(_ letters: String) async throws -> RouterKey? {
        guard let text = RouterKey.Letters(letters) else { return nil }
        let now = world.now()
        guard let key = try await store.read({ try $0.find(RouterKey.self, text.id) }) else { return nil }
        let isOld = (key.oldSecretUntil ?? now) > now
        let isKnown =
            Secret.matches(text.secret, hash: key.secretHash)
            || isOld && Secret.matches(text.secret, hash: key.oldSecretHash ?? [])
        guard isKnown else { return nil }
        try key.mustBeUsable(at: now)
        return key
    }

    func write<Answer: Sendable>(
        _ account: ID, _ work: @escaping @Sendable (Books, any Transaction) throws -> Answer
    ) async throws -> Answer {
        let now = world.now()
        return try await store.writeTogether(as: account) { rows in
            try Books.write(of: account, in: rows, at: now) { try work($0, rows) }
        }
    }

    /// A router that a buyer may see: what is bought with play money is not of the same world.
    static func service(_ id: ID, for buyer: Buyer, in rows: any Transaction) throws -> Service {
        guard let service = try rows.find(Service.self, id), service.account == buyer.account,
            buyer.isOwner || service.isTest == buyer.isTest
        else { throw Refusal(.notFound, "There is no router \(id).", field: "serviceId") }
        guard service.item.serviceType == serviceType else {
            throw Refusal(
                .unsupported, "A \(service.item.serviceType) has no keys of the router.", field: "serviceId",
                code: "capability_unsupported")
        }
        return service
    }

    static func key(_ id: ID, for buyer: Buyer, in rows: any Transaction) throws -> RouterKey {
        guard let key = try rows.find(RouterKey.self, id), key.account == buyer.account,
            buyer.isOwner || key.isTest == buyer.isTest
        else { throw Refusal(.notFound, "There is no key \(id).", field: "routerKeyId") }
        return key
    }
}

extension Service {
    /// Whether what was bought may be used.
    var isInUse: Bool { status == .active || status == .cancelScheduled }
}
