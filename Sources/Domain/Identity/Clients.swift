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

    /// - Throws: `invalid` for an id, agent or scope that cannot be, `conflict` for an id in use.
    package func add(
        id: String, edition: Client.Edition, account: String, agents: [String], scopes: [String]
    ) async throws -> Credentials {
        try Self.check(id: id, scopes: scopes)
        let secret = Secret.mint(world)
        let now = world.now()
        try await store.write { rows in
            guard try !rows.clients().contains(where: { $0.id == id }) else {
                throw Refusal(.conflict, "There already is a client “\(id)”.", field: "id")
            }
            let account = try Accounts.account(named: account, in: rows)
            try Accounts.check(account, has: agents, in: rows)
            try rows.insert(
                Client(
                    id: id, edition: edition, account: account.id, secretHash: Secret.hash(secret), agents: agents,
                    scopes: scopes.isEmpty ? Scope.standard(for: edition) : scopes, createdAt: now))
            try rows.raiseRevision()
        }
        return Credentials(clientID: id, secret: secret)
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
