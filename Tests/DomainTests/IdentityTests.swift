import Domain
import TestKit
import Testing

/// Ids, times, secrets, clients and agents.
@Suite struct IdentityTests {
    @Test func idsAreUUIDv7AndOrderedByTime() {
        let clock = SetClock()
        let first = clock.world.newID()
        clock.advance(by: .milliseconds(1))
        let second = clock.world.newID()
        #expect(first < second)
        #expect(first.uuid.split(separator: "-")[2].hasPrefix("7"))
        #expect("89ab".contains(first.uuid.split(separator: "-")[3].first ?? "x"))
        #expect(ID(uuid: first.uuid) == first)
        #expect(ID(uuid: first.uuid.uppercased()) == first)
        #expect(ID(bytes: first.bytes) == first)
    }

    @Test(arguments: [
        "", "0190163d8694739baea5966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad9",
        "g190163d-8694-739b-aea5-966c26f8ad91",
        "0190163d-8694-739b-aea5-966c26f8ad911",
    ])
    func whatIsNoUUIDIsNoID(_ text: String) {
        #expect(ID(uuid: text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_773_484_200_123, "2026-03-14T10:30:00.123Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_102_444_799_001, "2099-12-31T23:59:59.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func timesAreWrittenInUTC(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }

    @Test func secretsAreRecognisedByTheirHash() {
        let secret = Secret.mint(SetClock().world)
        #expect(secret.count == 43)
        #expect(Secret.matches(secret, hash: Secret.hash(secret)))
        #expect(!Secret.matches(secret + "x", hash: Secret.hash(secret)))
        #expect(!Secret.matches(secret, hash: []))
    }

    @Test func aSealOpensWithItsOwnKeyOnly() throws {
        let key = try MasterKey(bytes: Array(repeating: 1, count: 32))
        let sealed = try key.seal("words")
        #expect(try key.open(sealed) == "words")
        let other = try MasterKey(bytes: Array(repeating: 2, count: 32))
        #expect(throws: Refusal.self) { try other.open(sealed) }
        #expect(throws: Refusal.self) { try MasterKey(bytes: [1]) }
    }

    @Test(arguments: ["", "A", "-a", "_a", "a b", "services", "v1", "é", String(repeating: "a", count: 65)])
    func someWordsAreNoAgentCodes(_ code: String) {
        #expect(throws: Refusal.self) { try Agent.check(code: code) }
    }

    @Test func aRotatedSecretEndsTheOldOne() async throws {
        let scene = try await Scene()
        let clients = Clients(store: scene.gate, world: scene.clock.world, directory: scene.directory)
        let first = try await clients.add(id: "shop", edition: .saas, account: "main", agents: [], scopes: [])
        #expect(try await clients.recognise(id: "shop", secret: first.secret)?.scopes == [Scope.chat])
        let second = try await clients.rotate(id: "shop")
        #expect(try await clients.recognise(id: "shop", secret: second.secret) != nil)
        #expect(try await clients.recognise(id: "shop", secret: first.secret) == nil)
        try await clients.remove(id: "shop")
        try await scene.directory.refresh()
        #expect(try await clients.recognise(id: "shop", secret: second.secret) == nil)
    }

    @Test func aClientOfAnAccountIsGivenOnlyItsAgents() async throws {
        let scene = try await Scene()
        let clients = Clients(store: scene.gate, world: scene.clock.world, directory: scene.directory)
        let refusal = await #expect(throws: Refusal.self) {
            try await clients.add(id: "x", edition: .saas, account: "other", agents: ["helper"], scopes: [])
        }
        #expect(refusal?.field == "agent")
    }

    @Test func aMissingAgentMeansTheFirstOrTheGuide() async throws {
        let scene = try await Scene()
        #expect(try await scene.directory.agent(named: nil, for: scene.ana).code == "guide")
        var limited = scene.ana
        limited.agents = ["helper", "guide"]
        #expect(try await scene.directory.agent(named: nil, for: limited).code == "helper")
        #expect(try await scene.directory.agent(named: nil, for: scene.boris).code == "guide")
        await #expect(throws: Refusal.self) { try await scene.directory.agent(named: "helper", for: scene.boris) }
    }

    @Test func retiredKeysAreHonouredForTheOverlap() async throws {
        let scene = try await Scene()
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        let keys = SigningKeys(store: scene.gate, world: scene.clock.world, master: master, overlapHours: 24)
        let before = try await keys.list()
        scene.clock.advance(by: .seconds(60))
        let fresh = try await keys.rotate()
        #expect(try keys.honoured(of: try await keys.list()).map(\.kid) == [fresh.kid, before[0].kid])
        scene.clock.advance(by: .seconds(25 * 3600))
        #expect(try keys.honoured(of: try await keys.list()).map(\.kid) == [fresh.kid])
    }
}
