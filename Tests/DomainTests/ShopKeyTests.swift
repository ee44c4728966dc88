import Domain
import Ledger
import TestKit
import Testing

/// The keys with which agents buy, and with which owners rule.
@Suite struct ShopKeyTests {
    private static func keys(_ scene: Scene) -> AgentKeys {
        AgentKeys(store: scene.gate, world: scene.clock.world, directory: scene.directory)
    }

    private static func owners(_ scene: Scene) -> OwnerKeys {
        OwnerKeys(store: scene.gate, world: scene.clock.world, directory: scene.directory)
    }

    @Test func aKeyKnowsItsAccountItsAgentAndWhatItIsGoodFor() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let made = try await keys.add(account: "main", agent: "shop-per_1.x", scopes: ["catalog:read", "a_b-1"])
        let key = try #require(try await keys.recognise(made.key))
        #expect(key.id == made.id && key.account == scene.ana.account && key.agent == "shop-per_1.x" && !key.isTest)
        #expect(key.scopes == ["catalog:read", "a_b-1"] && key.createdAt == scene.clock.now && key.revokedAt == nil)
        let parts = made.key.split(separator: ".")
        #expect(parts.count == 2 && parts[0] == "ask_live_" + Secret.base64URL(made.id.bytes) && parts[1].count == 43)
        #expect(try await !keys.list().contains { $0.secretHash == Array(parts[1].utf8) }, "only its hash is kept")
    }

    @Test func aKeyOfWhichNothingIsSaidIsGoodForTheUsual() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let made = try await keys.add(account: "main", agent: "shopper")
        #expect(try await keys.recognise(made.key)?.scopes == Capability.all)
    }

    @Test func aKeyForPlayIsNoOther() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let play = try await keys.add(account: "main", agent: "shopper", isTest: true)
        #expect(play.key.hasPrefix("ask_test_"))
        #expect(try await keys.recognise(play.key)?.isTest == true)
        #expect(try await keys.recognise(play.key.replacing("ask_test_", with: "ask_live_")) == nil)
        let real = try await keys.add(account: "main", agent: "shopper")
        #expect(try await keys.recognise(real.key.replacing("ask_live_", with: "ask_test_")) == nil)
        #expect(try await Self.owners(scene).recognise(real.key) == nil)
    }

    @Test func whatIsNoKeyIsNobody() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let (first, second) = (
            try await keys.add(account: "main", agent: "a").key, try await keys.add(account: "main", agent: "b").key
        )
        let (front, back) = (first.split(separator: ".")[0], second.split(separator: ".")[1])
        let texts = [
            "", "ask_live_", "ask_live_.", "\(front)", "\(front).", "\(front).\(back)", first + "x", first + ".",
            " " + first,
            first.uppercased(), first.replacing("ask_live_", with: "own_"), first.replacing("ask_", with: ""),
            first + "=", first + String(repeating: "a", count: 200), first + "\u{301}",
        ]
        for text in texts { #expect(try await keys.recognise(text) == nil, "\(text)") }
        #expect(try await keys.recognise(first) != nil)
    }

    @Test(arguments: ["", "a b", "é", "a/b", "a\u{0}", String(repeating: "a", count: 65)])
    func someTextsAreNoNames(name: String) async throws {
        let scene = try await Scene()
        let agent = await #expect(throws: Refusal.self) {
            try await Self.keys(scene).add(account: "main", agent: name)
        }
        let owner = await #expect(throws: Refusal.self) {
            try await Self.owners(scene).add(account: "main", label: name)
        }
        #expect(agent?.reason == .invalid && agent?.field == "agent")
        #expect(owner?.reason == .invalid && owner?.field == "label")
        #expect(try await Self.keys(scene).list() == [])
        #expect(try await Self.owners(scene).list() == [])
    }

    @Test(arguments: ["", "A", "a b", "a/b", "é", "a;", String(repeating: "a", count: 65)])
    func someTextsAreNoScopes(scope: String) async throws {
        let scene = try await Scene()
        let refusal = await #expect(throws: Refusal.self) {
            try await Self.keys(scene).add(account: "main", agent: "shopper", scopes: ["wallet:read", scope])
        }
        #expect(refusal?.reason == .invalid && refusal?.field == "scopes")
    }

    @Test func aKeyNeedsAnAccountThatIsThere() async throws {
        let scene = try await Scene()
        let refusal = await #expect(throws: Refusal.self) {
            try await Self.keys(scene).add(account: "nowhere", agent: "shopper")
        }
        #expect(refusal?.reason == .notFound)
    }

    @Test func afterARotationTheOldSecretIsHonouredForTheOverlap() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let old = try await keys.add(account: "main", agent: "shopper")
        _ = try await keys.recognise(old.key)
        let new = try await keys.rotate(id: old.id.uuid.uppercased())
        #expect(new.id == old.id && new.key != old.key)
        #expect(try await keys.recognise(new.key)?.id == old.id)
        scene.clock.advance(by: .seconds(24 * 3600 - 1))
        #expect(try await keys.recognise(old.key)?.id == old.id)
        scene.clock.advance(by: .seconds(1))
        #expect(try await keys.recognise(old.key) == nil)
        #expect(try await keys.recognise(new.key)?.id == old.id)
    }

    @Test func anOverlapMayBeNoneAndAnotherRotationEndsTheOneBeforeTheLast() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let first = try await keys.add(account: "main", agent: "shopper", isTest: true)
        let second = try await keys.rotate(id: first.id.uuid, overlapHours: 1)
        let third = try await keys.rotate(id: first.id.uuid, overlapHours: 1)
        try await scene.directory.refresh()
        #expect(try await keys.recognise(first.key) == nil)
        #expect(try await keys.recognise(second.key) != nil)
        let fourth = try await keys.rotate(id: first.id.uuid, overlapHours: 0)
        try await scene.directory.refresh()
        #expect(try await keys.recognise(third.key) == nil)
        #expect(try await keys.recognise(fourth.key)?.isTest == true)
        for hours in [-1, 721] {
            await #expect(throws: Refusal.self) { try await keys.rotate(id: first.id.uuid, overlapHours: hours) }
        }
    }

    @Test func aRevokedKeyIsToldSoWithEitherSecret() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let old = try await keys.add(account: "main", agent: "shopper")
        let new = try await keys.rotate(id: old.id.uuid)
        try await keys.revoke(id: old.id.uuid)
        let moment = scene.clock.now
        scene.clock.advance(by: .seconds(60))
        try await keys.revoke(id: old.id.uuid)
        #expect(try await keys.list().map(\.revokedAt) == [moment])
        try await scene.directory.refresh()
        for key in [old.key, new.key] {
            let refusal = await #expect(throws: Refusal.self) { try await keys.recognise(key) }
            #expect(refusal?.reason == .unauthenticated && refusal?.code == "key_revoked")
        }
        #expect(try await keys.recognise(new.key + "x") == nil, "who has no secret learns nothing")
        let refusal = await #expect(throws: Refusal.self) { try await keys.rotate(id: old.id.uuid) }
        #expect(refusal?.reason == .conflict)
    }

    @Test func keysOfAnotherAccountDoNotExist() async throws {
        let scene = try await Scene()
        let (keys, owners) = (Self.keys(scene), Self.owners(scene))
        let own = try await keys.add(account: "main", agent: "shopper")
        let owner = try await owners.add(account: "main", label: "ana")
        let boris = scene.boris.account
        #expect(try await keys.list(of: boris) == [])
        #expect(try await owners.list(of: boris) == [])
        #expect(try await keys.list(of: scene.ana.account).map(\.id) == [own.id])
        for id in [own.id.uuid, "x"] {
            let refusals = [
                await #expect(throws: Refusal.self) { try await keys.rotate(id: id, of: boris) },
                await #expect(throws: Refusal.self) { try await keys.revoke(id: id, of: boris) },
                await #expect(throws: Refusal.self) { try await owners.revoke(id: owner.id.uuid, of: boris) },
            ]
            #expect(refusals.map { $0?.reason } == [.notFound, .notFound, .notFound])
        }
        try await keys.revoke(id: own.id.uuid, of: scene.ana.account)
    }

    @Test func aUseIsNotedOnceAMinuteAndChangesNoConfiguration() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let made = try await keys.add(account: "main", agent: "shopper")
        try await scene.directory.refresh()
        let revision = scene.directory.snapshot.revision
        func use(after seconds: Int) async throws -> Timestamp? {
            scene.clock.advance(by: .seconds(seconds))
            _ = try await keys.recognise(made.key)
            return try await keys.list().first?.lastUsedAt
        }
        let first = try await use(after: 0)
        #expect(first == scene.clock.now)
        #expect(try await use(after: 59) == first)
        #expect(try await use(after: 1) == scene.clock.now)
        #expect(try await scene.directory.refresh() == false)
        #expect(scene.directory.snapshot.revision == revision)
    }

    @Test func aKeyIsHonouredThoughItsUseCannotBeNoted() async throws {
        let scene = try await Scene()
        let keys = Self.keys(scene)
        let made = try await keys.add(account: "main", agent: "shopper")
        scene.gate.fail(with: Refusal(.unavailable, "The disk is full."))
        #expect(try await keys.recognise(made.key)?.id == made.id)
    }

    @Test func anOwnersKeyIsRecognisedUntilItIsRevoked() async throws {
        let scene = try await Scene()
        let owners = Self.owners(scene)
        let made = try await owners.add(account: "main", label: "ana")
        #expect(made.key.hasPrefix("own_" + Secret.base64URL(made.id.bytes) + "."))
        let key = try #require(try await owners.recognise(made.key))
        #expect(key.account == scene.ana.account && key.label == "ana" && key.buyer.isOwner)
        #expect(try await owners.recognise(made.key + "x") == nil)
        #expect(try await Self.keys(scene).recognise(made.key) == nil)
        try await owners.revoke(id: made.id.uuid)
        try await scene.directory.refresh()
        let refusal = await #expect(throws: Refusal.self) { try await owners.recognise(made.key) }
        #expect(refusal?.code == "key_revoked")
        #expect(try await owners.list().map(\.revokedAt) == [scene.clock.now])
    }

    @Test func theDirectoryKnowsKeysAndWhatIsSold() async throws {
        let scene = try await Scene()
        let made = try await Self.keys(scene).add(account: "main", agent: "shopper")
        let owner = try await Self.owners(scene).add(account: "other", label: "boris")
        let item = CatalogItem(
            id: "cat_net", sku: "net", name: "Net", about: "", category: "nets", serviceType: "net",
            provisioner: "quay", price: ItemPrice(unit: .zero))
        try await scene.gate.write { rows in
            try rows.put(item)
            try rows.raiseRevision()
        }
        try await scene.directory.refresh()
        let snapshot = scene.directory.snapshot
        #expect(snapshot.agentKeys[made.id]?.agent == "shopper" && snapshot.ownerKeys[owner.id]?.label == "boris")
        #expect(snapshot.catalog == [item])
    }
}
