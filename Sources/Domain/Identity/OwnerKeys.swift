/// Adds and revokes the keys with which owners rule their shops, and recognises them.
package struct OwnerKeys: Sendable {
    private let store: any Store
    private let world: World
    private let directory: Directory

    package init(store: any Store, world: World, directory: Directory) {
        self.store = store
        self.world = world
        self.directory = directory
    }

    /// - Throws: `invalid` for a label that cannot be, `notFound` for an account that is not there.
    package func add(account name: String, label: String) async throws -> ShopKeyCredentials {
        try ShopKeyText.check(name: label, field: "label")
        let text = ShopKeyText.mint(.owner, id: world.newID(), world)
        let (now, hash) = (world.now(), Secret.hash(text.secret))
        try await store.write { rows in
            let account = try Accounts.account(named: name, in: rows)
            try rows.put(OwnerKey(id: text.id, account: account.id, label: label, secretHash: hash, createdAt: now))
            try rows.raiseRevision()
        }
        return text.credentials
    }

    /// - Parameter account: nil for the keys of all accounts.
    package func list(of account: ID? = nil) async throws -> [OwnerKey] {
        try await store.read { try $0.ownerKeys() }.filter { account == nil || $0.account == account }
    }

    /// Ends it for good. Once is as good as twice.
    /// - Parameter account: whose key it must be; nil for anybody's.
    package func revoke(id: String, of account: ID? = nil) async throws {
        let now = world.now()
        try await store.write { rows in
            // First of all: who raises it waits for others who change keys, and then sees what they did.
            try rows.raiseRevision()
            let key = try rows.ownerKeys().first { $0.id.uuid == id.lowercased() }
            guard var key, account == nil || key.account == account else {
                throw Refusal(.notFound, "There is no key “\(id)”.", field: "id")
            }
            key.revokedAt = key.revokedAt ?? now
            try rows.put(key)
        }
    }

    /// The key that these letters are, or nil. Letters that do not match are compared once more against the store, in
    /// case the key was made a moment ago.
    /// - Throws: `unauthenticated` with the code `key_revoked` for a key that was revoked.
    package func recognise(_ letters: String) async throws -> OwnerKey? {
        guard let text = ShopKeyText(letters), text.word == .owner else { return nil }
        if known(text) == nil { try await directory.refresh() }
        guard let key = known(text) else { return nil }
        guard key.revokedAt == nil else { throw ShopKeyText.revoked }
        return key
    }

    private func known(_ text: ShopKeyText) -> OwnerKey? {
        guard let key = directory.snapshot.ownerKeys[text.id], Secret.matches(text.secret, hash: key.secretHash) else {
            return nil
        }
        return key
    }
}
