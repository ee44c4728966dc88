/// Adds, rotates and removes clients, and recognises them by their secrets.
package struct Clients: Sendable {
    private let store: any Store
    private let world: World
    private let directory: Directory

    package init(store: any Store, world: World, directory: Directory) {
        self.store = store
        self.world = world
        self.directory = directory
    }

    /// A new client's secret, shown this once.
    package struct Credentials: Sendable {
        package var clientID: String
        package var secret: String
    }

    /// - Parameter realm: where a client of the StackSpot edition gets its tokens; it belongs to the account from then
    ///   on.
    /// - Throws: `invalid` for an id, realm, agent or scope that cannot be, `conflict` for an id in use, or a realm of
    ///   another account.
    package func add(
        id: String, edition: Client.Edition, realm: String? = nil, account: String, agents: [String],
        scopes: [String]
    ) async throws -> Credentials {
        try Self.check(id: id, scopes: scopes)
        guard (realm != nil) == (edition == .stackspot) else {
            throw Refusal.invalid("realm", "A client of the edition stackspot needs a realm, and no other has one.")
        }
        let secret = Secret.mint(world)
        let now = world.now()
        try await store.write { rows in
            guard try !rows.clients().contains(where: { $0.id == id }) else {
                throw Refusal(.conflict, "There already is a client “\(id)”.", field: "id")
            }
            let account = try Accounts.account(named: account, in: rows)
            try Accounts.check(account, has: agents, in: rows)
            var client = Client(
                id: id, edition: edition, account: account.id, secretHash: Secret.hash(secret), agents: agents,
                scopes: scopes.isEmpty ? Scope.standard(for: edition) : scopes, createdAt: now)
            client.realm = realm
            if let realm { try Self.claim(realm, for: account, at: now, in: rows) }
            try rows.insert(client)
            try rows.raiseRevision()
        }
        return Credentials(clientID: id, secret: secret)
    }

    /// A personal access token of somebody; the one that they had ends at once, with its tokens.
    /// - Throws: `invalid` for a realm or user that cannot be, `conflict` for a realm of another account.
    package func addPersonal(realm: String, user: String, account name: String) async throws -> Credentials {
        guard !user.isEmpty, user.utf8.count <= 200, user.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw Refusal.invalid("user", "A user is 1 to 200 bytes of text on one line.")
        }
        let secret = Secret.mint(world)
        let id = "pat-" + world.newID().uuid
        let now = world.now()
        try await store.write { rows in
            let account = try Accounts.account(named: name, in: rows)
            try Self.claim(realm, for: account, at: now, in: rows)
            for old in try rows.clients() where old.realm == realm && old.user == user {
                try rows.removeClient(id: old.id)
            }
            var client = Client(
                id: id, edition: .stackspot, account: account.id, secretHash: Secret.hash(secret), agents: [],
                scopes: Scope.standard(for: .stackspot), createdAt: now)
            client.realm = realm
            client.user = user
            try rows.insert(client)
            try rows.raiseRevision()
        }
        return Credentials(clientID: id, secret: secret)
    }

    /// The realm is the account's, from now on at the latest.
    private static func claim(
        _ name: String, for account: Account, at moment: Timestamp, in rows: any Transaction
    ) throws {
        guard let realm = try rows.realm(named: name) else {
            try Realm.check(name: name)
            return try rows.insert(Realm(name: name, account: account.id, createdAt: moment))
        }
        guard realm.account == account.id else {
            throw Refusal(.conflict, "The realm “\(name)” belongs to another account.", field: "realm")
        }
    }

    /// A new secret; the old one ends at once.
    package func rotate(id: String) async throws -> Credentials {
        let secret = Secret.mint(world)
        try await store.write { rows in
            var client = try Self.client(id: id, in: rows)
            client.secretHash = Secret.hash(secret)
            try rows.update(client)
            try rows.raiseRevision()
        }
        return Credentials(clientID: id, secret: secret)
    }

    package func remove(id: String) async throws {
        try await store.write { rows in
            _ = try Self.client(id: id, in: rows)
            try rows.removeClient(id: id)
            try rows.raiseRevision()
        }
    }

    package func list() async throws -> [Client] {
        try await store.read { try $0.clients() }
    }

    /// The client that this id and secret belong to, or nil. A secret that does not match is compared once more
    /// against the store, in case it was rotated a moment ago.
    package func recognise(id: String, secret: String) async throws -> Client? {
        guard let client = try await directory.client(id: id) else { return nil }
        if Secret.matches(secret, hash: client.secretHash) { return client }
        try await directory.refresh()
        guard let fresh = directory.snapshot.clients[id], Secret.matches(secret, hash: fresh.secretHash) else {
            return nil
        }
        return fresh
    }

    private static func client(id: String, in rows: any Transaction) throws -> Client {
        guard let client = try rows.clients().first(where: { $0.id == id }) else {
            throw Refusal(.notFound, "There is no client “\(id)”.", field: "id")
        }
        return client
    }

    private static func check(id: String, scopes: [String]) throws(Refusal) {
        let bytes = Array(id.utf8)
        guard !bytes.isEmpty, bytes.count <= 128, bytes.allSatisfy({ (33...126).contains($0) && $0 != 58 }) else {
            throw .invalid("id", "A client's id is 1 to 128 visible ASCII characters without a colon.")
        }
        for scope in scopes where !Scope.all.contains(scope) {
            throw .invalid("scope", "There is no scope “\(scope)”; there are \(Scope.all.joined(separator: ", ")).")
        }
    }
}
