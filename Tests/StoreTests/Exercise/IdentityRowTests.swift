import Domain
import Testing

@Suite("Rows of accounts, clients and signing keys")
struct IdentityRowTests {
    @Test("Accounts come back as they were written", arguments: Backend.all)
    func accounts(_ backend: Backend) async throws {
        try await backend.with { store in
            #expect(try await store.read { try $0.accounts() } == [])
            try await store.write { rows in
                try rows.insert(Story.bakery)
                try rows.insert(Story.harbour)
            }
            #expect(try await store.read { try $0.accounts() } == [Story.harbour, Story.bakery])
        }
    }

    @Test("Two accounts cannot have one name", arguments: Backend.all)
    func accountNames(_ backend: Backend) async throws {
        try await backend.with { store in
            let impostor = Account(id: Story.id(3), name: Story.harbour.name, createdAt: Story.morning)
            try await store.write { try $0.insert(Story.harbour) }
            await #expect(throws: (any Error).self) { try await store.write { try $0.insert(impostor) } }
            #expect(try await store.read { try $0.accounts() } == [Story.harbour])
        }
    }

    @Test("A client is kept, changed and removed", arguments: Backend.all)
    func clients(_ backend: Backend) async throws {
        try await backend.with { store in
            var older = Story.till
            older.id = "window-001"
            older.createdAt = Story.morning
            older.edition = .marketplace
            older.agents = []
            try await store.write { [older] rows in
                try rows.insert(Story.till)
                try rows.insert(older)
            }
            #expect(try await store.read { try $0.clients() } == [older, Story.till])
            older.secretHash = [9, 9]
            older.scopes = [Scope.openid, Scope.chat]
            older.agents = ["pilot"]
            try await store.write { [older] rows in
                try rows.update(older)
                try rows.removeClient(id: "till-001")
            }
            #expect(try await store.read { try $0.clients() } == [older])
        }
    }

    @Test("An API key is kept, changed and removed", arguments: Backend.all)
    func apiKeys(_ backend: Backend) async throws {
        try await backend.with { store in
            let older = Story.turnstile
            var newer = older
            newer.id = Story.id(78)
            newer.createdAt = Story.later(9)
            newer.label = ""
            try await store.write { [newer] rows in
                try rows.insert(newer)
                try rows.insert(older)
            }
            #expect(try await store.read { try $0.apiKeys() } == [older, newer])
            newer.secretHash = [9]
            newer.sealedWebhookSecret = []
            newer.agents = ["pilot"]
            newer.framing = .sse
            try await store.write { [newer] rows in
                try rows.update(newer)
                try rows.removeAPIKey(id: older.id)
            }
            #expect(try await store.read { try $0.apiKeys() } == [newer])
        }
    }

    @Test("Signing keys are listed newest first, retired once, and removed after their time", arguments: Backend.all)
    func signingKeys(_ backend: Backend) async throws {
        try await backend.with { store in
            let first = SigningKey(kid: "anchor", sealedKey: [1, 2], createdAt: Story.morning, retiredAt: nil)
            // Made in the same millisecond: the later one is still the newer.
            let second = SigningKey(kid: "buoy", sealedKey: [], createdAt: Story.morning, retiredAt: nil)
            try await store.write { rows in
                try rows.insert(first)
                try rows.retireSigningKeys(at: Story.later(10))
                try rows.insert(second)
            }
            #expect(try await store.read { try $0.signingKeys().map(\.kid) } == ["buoy", "anchor"])
            try await store.write { try $0.retireSigningKeys(at: Story.later(20)) }
            let retired = try await store.read { try $0.signingKeys() }
            #expect(retired.map(\.retiredAt) == [Story.later(20), Story.later(10)])
            #expect(retired.map(\.sealedKey) == [[], [1, 2]])
            try await store.write { try $0.removeSigningKeys(retiredBefore: Story.later(20)) }
            #expect(try await store.read { try $0.signingKeys().map(\.kid) } == ["buoy"])
        }
    }
}
