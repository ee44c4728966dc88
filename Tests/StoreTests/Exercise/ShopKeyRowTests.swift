import Domain
import Testing

/// Keys of agents and owners, what is sold, and what is simulated.
@Suite("Keys and things of the shop") struct ShopKeyRowTests {
    @Test("Keys of agents come back as they were, in the order in which they were made", arguments: Backend.all)
    func agents(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.put(Story.cadet)
                try rows.put(Story.mate)
            }
            #expect(try await store.read { try $0.agentKeys() } == [Story.mate, Story.cadet])
            var plain = Story.mate
            (plain.agent, plain.secretHash, plain.scopes, plain.isTest) = ("boatswain", [8], ["x"], true)
            (plain.oldSecretHash, plain.oldSecretUntil, plain.revokedAt) = (nil, nil, nil)
            let next = plain
            try await store.write { try $0.put(next) }
            #expect(try await store.read { try $0.agentKeys() } == [next, Story.cadet])
        }
    }

    @Test("When a key was used last is noted without a change of the configuration", arguments: Backend.all)
    func uses(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.put(Story.mate)
                try rows.put(Story.cadet)
            }
            func use(_ key: AgentKey, at seconds: Int) async throws -> [Timestamp?] {
                try await store.write { try $0.noteUse(ofAgentKey: key.id, at: Story.later(seconds)) }
                return try await store.read { try $0.agentKeys().map(\.lastUsedAt) }
            }
            #expect(try await use(Story.cadet, at: 7) == [Story.later(30), Story.later(7)])
            #expect(try await use(Story.cadet, at: 5) == [Story.later(30), Story.later(7)], "it was used later")
            #expect(try await use(Story.mate, at: 31) == [Story.later(31), Story.later(7)])
            #expect(try await store.read { try $0.revision() } == 0)
            try await store.write { rows in
                try rows.put(Story.mate)
                try rows.put(Story.cadet)
            }
            let kept = try await store.read { try $0.agentKeys().map(\.lastUsedAt) }
            #expect(kept == [Story.later(31), Story.later(7)], "who changes a key may not have known")
        }
    }

    @Test("Keys of owners come back as they were", arguments: Backend.all)
    func owners(_ backend: Backend) async throws {
        try await backend.with { store in
            let older = OwnerKey(
                id: Story.id(90), account: Story.bakery.id, label: "baker", secretHash: [], createdAt: Story.later(1))
            try await store.write { rows in
                try rows.put(Story.captain)
                try rows.put(older)
            }
            #expect(try await store.read { try $0.ownerKeys() } == [older, Story.captain])
            var revoked = Story.captain
            revoked.revokedAt = Story.later(9)
            try await store.write { [revoked] in try $0.put(revoked) }
            #expect(try await store.read { try $0.ownerKeys() } == [older, revoked])
        }
    }

    @Test("Items of the catalog stay in the order in which they came", arguments: Backend.all)
    func catalog(_ backend: Backend) async throws {
        try await backend.with { store in
            for id in ["net_z", "net_a", "net_m"] { try await store.write { try $0.put(Story.item(id)) } }
            var changed = Story.item("net_z", "Net, torn")
            changed.isDisabled = true
            let torn = changed
            try await store.write { try $0.put(torn) }
            let expected = [torn, Story.item("net_a"), Story.item("net_m")]
            #expect(try await store.read { try $0.catalogItems() } == expected)
        }
    }

    @Test("What is simulated is kept under its name, and listed by how names begin", arguments: Backend.all)
    func simulation(_ backend: Backend) async throws {
        try await backend.with { store in
            let names = [
                "number/+1", "resource/", "resource/a", "resource/a\u{0}", "resource/ä", "resourcf", "token/x",
            ]
            try await store.write { rows in
                for name in names.reversed() { try rows.put(SimulatedRow(name: name, body: "{}")) }
                try rows.put(SimulatedRow(name: "token/x", body: "[]"))
            }
            let token = SimulatedRow(name: "token/x", body: "[]")
            #expect(try await store.read { try $0.simulated("token/x", lockingIt: false) } == token)
            #expect(try await store.write { try $0.simulated("token/x", lockingIt: true) } == token)
            #expect(try await store.write { try $0.simulated("token/y", lockingIt: true) } == nil)
            func list(_ prefix: String, after: String = "", limit: Int = 9) async throws -> [String] {
                try await store.read { try $0.simulated(beginning: prefix, after: after, limit: limit).map(\.name) }
            }
            #expect(try await list("resource/") == Array(names[1...4]))
            #expect(try await list("resource/", limit: 2) == Array(names[1...2]))
            #expect(try await list("resource/", after: "resource/") == Array(names[2...4]))
            #expect(try await list("resource/", after: "resource/a", limit: 1) == [names[3]])
            #expect(try await list("resource/", after: "s") == [])
            #expect(try await list("resource/b") == [])
            #expect(try await list("") == names)
            try await store.write { try $0.removeSimulated("resource/a") }
            #expect(try await list("resource/a") == [names[3]])
        }
    }

    @Test("Of many who make the same thing, each finds what the one before made", arguments: Backend.all)
    func madeOnce(_ backend: Backend) async throws {
        try await backend.with { store in
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await store.write { rows in
                            if try rows.simulated("token/x", lockingIt: true) != nil { return false }
                            try rows.put(SimulatedRow(name: "token/x", body: "\(number)"))
                            return true
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 1)
        }
    }
}
