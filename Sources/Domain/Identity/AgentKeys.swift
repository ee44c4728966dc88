import Synchronization

/// Adds, rotates and revokes the keys with which agents buy, and recognises them.
package final class AgentKeys: Sendable {
    private static let mostScopes = 100
    private static let mostOverlapHours = 720
    /// A key's use is noted this often at most.
    private static let noteSeconds = 60

    private let store: any Store
    private let world: World
    private let directory: Directory
    /// When each key's use was noted last.
    private let noted = Mutex<[ID: Timestamp]>([:])

    package init(store: any Store, world: World, directory: Directory) {
        self.store = store
        self.world = world
        self.directory = directory
    }

    /// - Parameters:
    ///   - agent: what the owner calls the agent; it may have several keys.
    ///   - scopes: what the key is good for; none means the usual.
    ///   - isTest: whether it buys with play money, what is simulated.
    /// - Throws: `invalid` for an agent or scope that cannot be, `notFound` for an account that is not there.
    package func add(
        account name: String, agent: String, scopes: [String] = [], isTest: Bool = false
    ) async throws -> ShopKeyCredentials {
        try ShopKeyText.check(name: agent, field: "agent")
        try Self.check(scopes)
        let text = ShopKeyText.mint(isTest ? .test : .live, id: world.newID(), world)
        let (now, hash) = (world.now(), Secret.hash(text.secret))
        try await store.write { rows in
            try rows.put(
                AgentKey(
                    id: text.id, account: Accounts.account(named: name, in: rows).id, agent: agent, secretHash: hash,
                    scopes: scopes.isEmpty ? Capability.all : scopes, isTest: isTest, createdAt: now))
            try rows.raiseRevision()
        }
        return text.credentials
    }

    /// - Parameter account: nil for the keys of all accounts.
    package func list(of account: ID? = nil) async throws -> [AgentKey] {
        try await store.read { try $0.agentKeys() }.filter { account == nil || $0.account == account }
    }

    /// A new secret under the same id; the old one is honoured for some hours more.
    /// - Parameter account: whose key it must be; nil for anybody's.
    /// - Throws: `notFound`, or `conflict` for a key that was revoked.
    package func rotate(
        id: String, of account: ID? = nil, overlapHours: Int = 24
    ) async throws -> ShopKeyCredentials {
        guard (0...Self.mostOverlapHours).contains(overlapHours) else {
            throw Refusal.invalid("overlapHours", "The overlap is 0 to \(Self.mostOverlapHours) hours.")
        }
        let (now, secret) = (world.now(), Secret.mint(world))
        let hash = Secret.hash(secret)
        return try await store.write { rows in
            var key = try Self.lockedKey(id: id, of: account, in: rows)
            guard key.revokedAt == nil else {
                throw Refusal(.conflict, "The key “\(id)” has been revoked.", field: "id")
            }
            key.oldSecretHash = overlapHours > 0 ? key.secretHash : nil
            key.oldSecretUntil = overlapHours > 0 ? now.adding(hours: overlapHours) : nil
            key.secretHash = hash
            try rows.put(key)
            return ShopKeyText(key.isTest ? .test : .live, id: key.id, secret: secret).credentials
        }
    }

    /// Ends it for good, its old secret too. Once is as good as twice.
    package func revoke(id: String, of account: ID? = nil) async throws {
        let now = world.now()
        try await store.write { rows in
            var key = try Self.lockedKey(id: id, of: account, in: rows)
            key.revokedAt = key.revokedAt ?? now
            try rows.put(key)
        }
    }

    /// Others change keys too. Whoever raises the revision first waits for them, and then sees what they did.
    private static func lockedKey(id: String, of account: ID?, in rows: any Transaction) throws -> AgentKey {
        try rows.raiseRevision()
        let key = try rows.agentKeys().first { $0.id.uuid == id.lowercased() }
        guard let key, account == nil || key.account == account else {
            throw Refusal(.notFound, "There is no key “\(id)”.", field: "id")
        }
        return key
    }

    private static func check(_ scopes: [String]) throws(Refusal) {
        guard scopes.count <= mostScopes else { throw .invalid("scopes", "A key has \(mostScopes) scopes at most.") }
        for scope in scopes {
            let isScope = scope.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard isScope, (1...64).contains(scope.utf8.count) else {
                throw .invalid("scopes", "A scope is 1 to 64 of the characters a-z 0-9 : _ -")
            }
        }
    }
}

extension AgentKeys {
    /// The key that these letters are, or nil. Letters that do not match are compared once more against the store, in
    /// case the key was made or rotated a moment ago.
    /// - Throws: `unauthenticated` with the code `key_revoked` for a key that was revoked.
    package func recognise(_ letters: String) async throws -> AgentKey? {
        guard let text = ShopKeyText(letters), text.word != .owner else { return nil }
        if known(text) == nil { try await directory.refresh() }
        guard let key = known(text) else { return nil }
        guard key.revokedAt == nil else { throw ShopKeyText.revoked }
        await noteUse(of: key)
        return key
    }

    private func known(_ text: ShopKeyText) -> AgentKey? {
        guard let key = directory.snapshot.agentKeys[text.id], key.isTest == (text.word == .test) else { return nil }
        let isNew = Secret.matches(text.secret, hash: key.secretHash)
        let isOld = Secret.matches(text.secret, hash: key.oldSecretHash ?? [])
        let isOldHonoured = key.oldSecretUntil.map { world.now() < $0 } ?? false
        return isNew || (isOld && isOldHonoured) ? key : nil
    }

    /// That a key was used is worth knowing, but not worth refusing anybody who cannot have it noted.
    private func noteUse(of key: AgentKey) async {
        let now = world.now()
        let isDue = noted.withLock { noted in
            if let last = noted[key.id], last <= now, now < last.adding(seconds: Self.noteSeconds) { return false }
            noted[key.id] = now
            return true
        }
        if isDue { try? await store.write { try $0.noteUse(ofAgentKey: key.id, at: now) } }
    }
}
