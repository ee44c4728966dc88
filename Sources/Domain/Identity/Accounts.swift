/// Adds and lists accounts.
package struct Accounts: Sendable {
    private let store: any Store
    private let world: World

    package init(store: any Store, world: World) {
        self.store = store
        self.world = world
    }

    /// - Throws: `invalid` for a name that cannot be, `conflict` for one in use.
    package func add(name: String) async throws -> Account {
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw Refusal.invalid("name", "An account's name is 1 to 64 visible ASCII characters.")
        }
        let account = Account(id: world.newID(), name: name, createdAt: world.now())
        try await store.write { rows in
            guard try !rows.accounts().contains(where: { $0.name == name }) else {
                throw Refusal(.conflict, "There already is an account “\(name)”.", field: "name")
            }
            try rows.insert(account)
            try rows.raiseRevision()
        }
        return account
    }

    package func list() async throws -> [Account] {
        try await store.read { try $0.accounts() }
    }

    static func account(named name: String, in rows: any Transaction) throws -> Account {
        guard let account = try rows.accounts().first(where: { $0.name == name }) else {
            throw Refusal(.notFound, "There is no account “\(name)”.", field: "account")
        }
        return account
    }

    /// - Throws: `invalid` for the first of these agents that the account does not have.
    static func check(_ account: Account, has agents: [String], in rows: any Transaction) throws {
        let known = Set(try rows.agents().filter { $0.account == account.id }.map(\.code))
        for code in agents where !known.contains(code) {
            throw Refusal.invalid("agent", "The account “\(account.name)” has no agent “\(code)”.")
        }
    }
}
