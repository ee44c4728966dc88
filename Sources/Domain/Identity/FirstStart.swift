/// What an empty store is given, so that the first minute needs no set-up.
package struct FirstStart: Sendable {
    package static let marketplaceClient = "mp-service-001"
    package static let saasClient = "saas-app-001"

    private let store: any Store
    private let world: World
    private let master: MasterKey

    package init(store: any Store, world: World, master: MasterKey) {
        self.store = store
        self.world = world
        self.master = master
    }

    /// Makes the account, the guide, two clients and a signing key, all or nothing.
    /// - Returns: the clients' secrets, or nothing where the store had been used before.
    package func prepare() async throws -> [Clients.Credentials] {
        if try await store.read({ try !$0.accounts().isEmpty }) { return [] }
        let account = Account(id: world.newID(), name: Account.mainName, createdAt: world.now())
        let key = try SigningKey.mint(world, sealedWith: master)
        let marketplace = Clients.Credentials(clientID: Self.marketplaceClient, secret: Secret.mint(world))
        let saas = Clients.Credentials(clientID: Self.saasClient, secret: Secret.mint(world))
        return try await store.write { rows in
            guard try rows.accounts().isEmpty else { return [] }
            try rows.insert(account)
            try rows.insert(key)
            _ = try rows.insert(Self.guide(of: account))
            try rows.insert(Self.client(marketplace, .marketplace, of: account))
            try rows.insert(Self.client(saas, .saas, of: account))
            try rows.raiseRevision()
            return [marketplace, saas]
        }
    }

    private static func guide(of account: Account) -> Agent {
        Agent(
            code: Agent.guideCode, account: account.id, name: "Guide",
            source: .init(upstream: UpstreamSettings.guideName, model: Agent.guideCode), createdAt: account.createdAt)
    }

    private static func client(
        _ credentials: Clients.Credentials, _ edition: Client.Edition, of account: Account
    ) -> Client {
        Client(
            id: credentials.clientID, edition: edition, account: account.id,
            secretHash: Secret.hash(credentials.secret), agents: [], scopes: Scope.standard(for: edition),
            createdAt: account.createdAt)
    }
}
