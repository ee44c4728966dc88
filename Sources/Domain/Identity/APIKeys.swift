/// Adds, rotates and removes API keys, and recognises them.
package struct APIKeys: Sendable {
    private let store: any Store
    private let world: World
    private let master: MasterKey
    private let directory: Directory

    package init(store: any Store, world: World, master: MasterKey, directory: Directory) {
        self.store = store
        self.world = world
        self.master = master
        self.directory = directory
    }

    /// A new key and the secret of its callbacks, shown this once.
    package struct Credentials: Sendable {
        package var id: ID
        package var key: String
        package var webhookSecret: String
    }

    /// - Throws: `invalid` for an agent that the account does not have, or for none.
    package func add(
        account: String, agents: [String], label: String, framing: APIKey.Framing
    ) async throws -> Credentials {
        guard !agents.isEmpty else { throw Refusal.invalid("agent", "A key needs the agents that it may use.") }
        guard label.utf8.count <= 200 else { throw Refusal.invalid("label", "A label has 200 bytes at most.") }
        let made = mint(world.newID())
        let (now, sealed) = (world.now(), try master.seal(made.webhookSecret))
        let hash = Secret.hash(made.secret)
        try await store.write { rows in
            let account = try Accounts.account(named: account, in: rows)
            try Accounts.check(account, has: agents, in: rows)
            try rows.insert(
                APIKey(
                    id: made.credentials.id, account: account.id, label: label, secretHash: hash,
                    sealedWebhookSecret: sealed, agents: agents, framing: framing, createdAt: now))
            try rows.raiseRevision()
        }
        return made.credentials
    }

    /// A new key and a new secret of its callbacks under the same id; the old ones end at once.
    package func rotate(id: String) async throws -> Credentials {
        let known = try await store.read { try Self.key(id: id, in: $0) }
        let made = mint(known.id)
        let (hash, sealed) = (Secret.hash(made.secret), try master.seal(made.webhookSecret))
        try await store.write { rows in
            var key = try Self.key(id: id, in: rows)
            key.secretHash = hash
            key.sealedWebhookSecret = sealed
            try rows.update(key)
            try rows.raiseRevision()
        }
        return made.credentials
    }

    package func remove(id: String) async throws {
        try await store.write { rows in
            try rows.removeAPIKey(id: Self.key(id: id, in: rows).id)
            try rows.raiseRevision()
        }
    }

    package func list() async throws -> [APIKey] {
        try await store.read { try $0.apiKeys() }
    }

    /// The key that these letters are, or nil. Letters that do not match are compared once more against the store, in
    /// case the key was made or rotated a moment ago.
    package func recognise(_ letters: String) async throws -> APIKey? {
        guard let text = APIKey.Text(letters) else { return nil }
        if let key = directory.snapshot.apiKeys[text.id], Secret.matches(text.secret, hash: key.secretHash) {
            return key
        }
        try await directory.refresh()
        guard let key = directory.snapshot.apiKeys[text.id], Secret.matches(text.secret, hash: key.secretHash) else {
            return nil
        }
        return key
    }

    /// What callbacks are signed with; nil for a key that was removed.
    package func webhookSecret(of id: ID) async throws -> String? {
        try await directory.refresh()
        guard let key = directory.snapshot.apiKeys[id] else { return nil }
        return try master.open(key.sealedWebhookSecret)
    }

    private func mint(_ id: ID) -> (credentials: Credentials, secret: String, webhookSecret: String) {
        let text = APIKey.Text(id: id, secret: Secret.mint(world))
        let webhookSecret = Secret.mintWebhook(world)
        return (Credentials(id: id, key: text.letters, webhookSecret: webhookSecret), text.secret, webhookSecret)
    }

    private static func key(id: String, in rows: any Transaction) throws -> APIKey {
        guard let key = try rows.apiKeys().first(where: { $0.id.uuid == id.lowercased() }) else {
            throw Refusal(.notFound, "There is no key “\(id)”.", field: "id")
        }
        return key
    }
}
