/// The keys that sign access tokens: one signs, those before it are still honoured for a while.
package struct SigningKeys: Sendable {
    private let store: any Store
    private let world: World
    private let master: MasterKey
    private let overlapHours: Int

    package init(store: any Store, world: World, master: MasterKey, overlapHours: Int) {
        self.store = store
        self.world = world
        self.master = master
        self.overlapHours = overlapHours
    }

    /// The newest first.
    package func list() async throws -> [SigningKey] {
        try await store.read { try $0.signingKeys() }
    }

    /// A new key signs from now on; keys retired longer than the overlap ago are removed.
    package func rotate() async throws -> SigningKey {
        let key = try SigningKey.mint(world, sealedWith: master)
        let end = key.createdAt.adding(hours: -overlapHours)
        try await store.write { rows in
            try rows.retireSigningKeys(at: key.createdAt)
            try rows.removeSigningKeys(retiredBefore: end)
            try rows.insert(key)
            try rows.raiseRevision()
        }
        return key
    }

    /// The keys whose tokens are honoured now, the signing one first, opened.
    /// - Returns: pairs of `kid` and private key in PEM.
    package func honoured(of keys: [SigningKey]) throws(Refusal) -> [(kid: String, pem: String)] {
        let end = world.now().adding(hours: -overlapHours)
        var open: [(kid: String, pem: String)] = []
        for key in keys where key.retiredAt.map({ $0 > end }) ?? true {
            open.append((key.kid, try master.open(key.sealedKey)))
        }
        return open
    }
}
