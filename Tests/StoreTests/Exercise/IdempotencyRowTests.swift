import Domain
import Testing

@Suite("Idempotency claims")
struct IdempotencyRowTests {
    @Test("The first claim stands, and whoever comes later is shown it", arguments: Backend.all)
    func first(_ backend: Backend) async throws {
        try await backend.with { store in
            let claim = Story.claim("order-7")
            let none = try await make(claim, in: store)
            #expect(none == nil)
            let standing = try await make(Story.claim("order-7", fingerprint: 9, subject: 51, at: 5), in: store)
            #expect(standing == claim)
        }
    }

    @Test("The same key of another principal, or at another path, is another claim", arguments: Backend.all)
    func others(_ backend: Backend) async throws {
        try await backend.with { store in
            var elsewhere = Story.claim("order-7")
            elsewhere.path = "/v1/files"
            var stranger = Story.claim("order-7")
            stranger.principal = "client:window-001"
            for claim in [Story.claim("order-7"), elsewhere, stranger, Story.claim("order-8")] {
                let standing = try await make(claim, in: store)
                #expect(standing == nil)
            }
        }
    }

    @Test("Of fifty at once one wins, and the others are shown the winner", arguments: Backend.all)
    func fifty(_ backend: Backend) async throws {
        try await backend.with { store in
            let seen = try await withThrowingTaskGroup(of: (UInt64, ID?).self) { group in
                for number in UInt64(100)..<150 {
                    group.addTask {
                        (number, try await store.write { try $0.claim(Story.claim("k", subject: number))?.subject })
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let winners = seen.filter { $0.1 == nil }
            #expect(winners.count == 1)
            #expect(Set(seen.compactMap(\.1)) == [Story.id(winners[0].0)])
        }
    }

    @Test("Claims made before a moment are forgotten, a few at a time, the oldest first", arguments: Backend.all)
    func forgetting(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for (key, seconds) in [("older", 8), ("oldest", 7), ("old", 9), ("new", 10)] {
                    _ = try rows.claim(Story.claim(key, at: seconds))
                }
            }
            func forget(_ limit: Int) async throws -> Int {
                try await store.write { try $0.forgetClaims(before: Story.later(10), limit: limit) }
            }
            #expect(try await forget(2) == 2)
            #expect(try await make(Story.claim("old", at: 11), in: store) == Story.claim("old", at: 9))
            #expect(try await forget(2) == 1)
            #expect(try await forget(2) == 0)
            for key in ["oldest", "older", "old"] {
                #expect(try await make(Story.claim(key, at: 11), in: store) == nil)
            }
            #expect(try await make(Story.claim("new", at: 11), in: store) == Story.claim("new", at: 10))
        }
    }

    @Test("What a key stands for is found, and what was paid for is never forgotten", arguments: Backend.all)
    func subjects(_ backend: Backend) async throws {
        try await backend.with { store in
            var paid = Story.claim("order-7", subject: 60)
            paid.path = "shop/purchases"
            for claim in [paid, Story.claim("order-7"), Story.claim("order-8")] {
                _ = try await make(claim, in: store)
            }
            let forgotten = try await store.write { try $0.forgetClaims(before: Story.later(10), limit: 9) }
            #expect(forgotten == 2)
            func subject(of key: String, at path: String = "shop/purchases") async throws -> ID? {
                try await store.read { try $0.subject(ofKey: key, principal: "client:till-001", path: path) }
            }
            #expect(try await subject(of: "order-7") == Story.id(60))
            #expect(try await subject(of: "order-7", at: Story.claim("order-7").path) == nil)
            #expect(try await subject(of: "order-8") == nil)
        }
    }

    private func make(_ claim: IdempotencyClaim, in store: any Store) async throws -> IdempotencyClaim? {
        try await store.write { try $0.claim(claim) }
    }
}
