import Domain
import TestKit
import Testing

/// Realms, and the personal access tokens of people in them.
@Suite struct PersonalTokenTests {
    private static func clients(_ scene: Scene) -> Clients {
        Clients(store: scene.gate, world: scene.clock.world, directory: scene.directory)
    }

    /// The clients that have a realm: at the first start there is another.
    private static func known(_ scene: Scene) async throws -> [Client] {
        try await clients(scene).list().filter { $0.edition == .stackspot }
    }

    @Test func aNewTokenEndsTheLastOfItsUserInItsRealm() async throws {
        let scene = try await Scene()
        let clients = Self.clients(scene)
        let old = try await clients.addPersonal(realm: "harbour", user: "ana", account: "main")
        let others = [
            try await clients.addPersonal(realm: "harbour", user: "Ana", account: "main"),
            try await clients.addPersonal(realm: "bay", user: "ana", account: "main"),
        ]
        let before = try #require(try await clients.recognise(id: old.clientID, secret: old.secret))
        let new = try await clients.addPersonal(realm: "harbour", user: "ana", account: "main")
        try await scene.directory.refresh()
        #expect(try await clients.recognise(id: old.clientID, secret: old.secret) == nil)
        let after = try #require(try await clients.recognise(id: new.clientID, secret: new.secret))
        #expect(after.principalID == before.principalID, "whose it is stays the same")
        for other in others {
            let known = try #require(try await clients.recognise(id: other.clientID, secret: other.secret))
            #expect(known.principalID != after.principalID)
        }
        #expect(try await Self.known(scene).count == 3)
    }

    @Test func aTokenKnowsItsRealmItsUserAndItsScopes() async throws {
        let scene = try await Scene()
        let made = try await Self.clients(scene).addPersonal(realm: "harbour", user: "Ana ⚓️", account: "main")
        let client = try #require(try await Self.known(scene).first)
        #expect(client.id == made.clientID && client.edition == .stackspot && client.account == scene.ana.account)
        #expect(client.realm == "harbour" && client.user == "Ana ⚓️" && client.agents == [])
        #expect(client.scopes == Scope.standard(for: .stackspot))
        #expect(!client.secretHash.isEmpty && made.clientID.hasPrefix("pat-"))
    }

    @Test func aRealmBelongsToOneAccount() async throws {
        let scene = try await Scene()
        let clients = Self.clients(scene)
        _ = try await clients.addPersonal(realm: "harbour", user: "ana", account: "main")
        let person = await #expect(throws: Refusal.self) {
            try await clients.addPersonal(realm: "harbour", user: "boris", account: "other")
        }
        let program = await #expect(throws: Refusal.self) {
            try await clients.add(
                id: "shop", edition: .stackspot, realm: "harbour", account: "other", agents: [], scopes: [])
        }
        #expect(person?.reason == .conflict && person?.field == "realm" && program == person)
        #expect(try await Self.known(scene).count == 1)
        _ = try await clients.add(
            id: "shop", edition: .stackspot, realm: "harbour", account: "main", agents: [], scopes: [])
        #expect(try await scene.gate.read { try $0.realm(named: "harbour") }?.account == scene.ana.account)
    }

    @Test(arguments: [
        "", "Harbour", "-a", "a b", "é", "v1", "v2", "v4", "api", "uploads", "services", "realms", "oidc/x", "metrics",
        String(repeating: "a", count: 65),
    ])
    func someWordsAreNoRealms(name: String) async throws {
        let scene = try await Scene()
        let clients = Self.clients(scene)
        let person = await #expect(throws: Refusal.self) {
            try await clients.addPersonal(realm: name, user: "ana", account: "main")
        }
        let program = await #expect(throws: Refusal.self) {
            try await clients.add(
                id: "shop", edition: .stackspot, realm: name, account: "main", agents: [], scopes: [])
        }
        #expect(person?.reason == .invalid && person?.field == "realm" && program == person)
        #expect(try await Self.known(scene) == [])
        #expect(try await scene.gate.read { try $0.realm(named: name) } == nil)
    }

    @Test(arguments: ["", "a\nb", "a\u{0}", "\u{7F}", String(repeating: "ü", count: 101)])
    func someTextsAreNoUsers(user: String) async throws {
        let scene = try await Scene()
        let refusal = await #expect(throws: Refusal.self) {
            try await Self.clients(scene).addPersonal(realm: "harbour", user: user, account: "main")
        }
        #expect(refusal?.reason == .invalid && refusal?.field == "user")
    }

    @Test func aTokenOfAnAccountThatIsNotThereClaimsNoRealm() async throws {
        let scene = try await Scene()
        await #expect(throws: Refusal.self) {
            try await Self.clients(scene).addPersonal(realm: "harbour", user: "ana", account: "nowhere")
        }
        #expect(try await scene.gate.read { try $0.realm(named: "harbour") } == nil)
    }

    @Test func onlyClientsOfThisEditionHaveARealm() async throws {
        let scene = try await Scene()
        for (edition, realm) in [(Client.Edition.stackspot, nil), (.saas, "harbour"), (.marketplace, "harbour")] {
            let refusal = await #expect(throws: Refusal.self) {
                try await Self.clients(scene).add(
                    id: "shop", edition: edition, realm: realm, account: "main", agents: [], scopes: [])
            }
            #expect(refusal?.field == "realm")
        }
    }
}
