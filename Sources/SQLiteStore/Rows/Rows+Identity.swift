import Domain

extension Rows: AccountRows {
    func insert(_ account: Account) throws {
        try run(
            "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, ?)",
            account.id, account.name, account.createdAt)
    }

    func accounts() throws -> [Account] {
        try all("SELECT id, name, created_at FROM accounts ORDER BY id") { row in
            Account(id: try row.id(), name: try row.text(), createdAt: try row.moment())
        }
    }
}

extension Rows: ClientRows {
    func insert(_ client: Client) throws {
        try run(
            """
            INSERT INTO clients (id, edition, account, secret_hash, agents, scopes, created_at, realm, person)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            client.id, client.edition.rawValue, client.account, client.secretHash, client.agents.storedJSON(),
            client.scopes.storedJSON(), client.createdAt, client.realm, client.user)
    }

    func update(_ client: Client) throws {
        try run(
            """
            UPDATE clients SET edition = ?, account = ?, secret_hash = ?, agents = ?, scopes = ?, created_at = ?
            WHERE id = ?
            """,
            client.edition.rawValue, client.account, client.secretHash, client.agents.storedJSON(),
            client.scopes.storedJSON(),
            client.createdAt, client.id)
    }

    func clients() throws -> [Client] {
        try all(
            """
            SELECT id, edition, account, secret_hash, agents, scopes, created_at, realm, person FROM clients
            ORDER BY created_at, id
            """
        ) { row in
            var client = Client(
                id: try row.text(), edition: try row.word(), account: try row.id(), secretHash: try row.blob(),
                agents: try row.json(), scopes: try row.json(), createdAt: try row.moment())
            client.realm = try row.optional { try $0.text() }
            client.user = try row.optional { try $0.text() }
            return client
        }
    }

    func removeClient(id: String) throws {
        try run("DELETE FROM clients WHERE id = ?", id)
    }
}

extension Rows: SigningKeyRows {
    func insert(_ key: SigningKey) throws {
        try run(
            "INSERT INTO signing_keys (kid, sealed_key, created_at, retired_at) VALUES (?, ?, ?, ?)",
            key.kid, key.sealedKey, key.createdAt, key.retiredAt)
    }

    func signingKeys() throws -> [SigningKey] {
        try all(
            """
            SELECT kid, sealed_key, created_at, retired_at FROM signing_keys ORDER BY created_at DESC, number DESC
            """
        ) { row in
            SigningKey(
                kid: try row.text(), sealedKey: try row.blob(), createdAt: try row.moment(),
                retiredAt: try row.optional { try $0.moment() })
        }
    }

    func retireSigningKeys(at moment: Timestamp) throws {
        try run("UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL", moment)
    }

    func removeSigningKeys(retiredBefore moment: Timestamp) throws {
        try run("DELETE FROM signing_keys WHERE retired_at < ?", moment)
    }
}

extension Rows: MasterKeyRows {
    func masterKey() throws -> [UInt8]? {
        try first("SELECT bytes FROM master_key") { try $0.blob() }
    }

    func keep(masterKey: [UInt8]) throws {
        try run("INSERT INTO master_key (single, bytes) VALUES (1, ?) ON CONFLICT DO NOTHING", masterKey)
    }
}
