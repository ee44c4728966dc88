import Domain
import TestKit
import Testing

@Suite("Rows of rates")
struct RateRowTests {
    private static func window(_ name: String, _ store: any Store) async throws -> [UInt8] {
        // Nothing was kept, or nothing is kept yet: both are an empty window.
        try await store.write { try $0.rateWindow(named: name) ?? [] }
    }

    @Test("A window comes back as it was kept", arguments: Backend.all)
    func kept(_ backend: Backend) async throws {
        try await backend.with { store in
            #expect(try await Self.window("a", store) == [])
            // It is asked for before it is kept, in one transaction, as whoever counts does.
            func keep(_ bytes: [UInt8], as name: String) async throws {
                try await store.write { rows in
                    _ = try rows.rateWindow(named: name)
                    try rows.put(rateWindow: bytes, named: name, until: Story.later(60))
                }
            }
            try await keep([0, 255, 7], as: "a")
            try await keep([1], as: "b “ü” 🐳")
            #expect(try await Self.window("a", store) == [0, 255, 7])
            #expect(try await Self.window("b “ü” 🐳", store) == [1])
            try await keep([9], as: "a")
            #expect(try await Self.window("a", store) == [9])
            #expect(try await Self.window("A", store) == [])
        }
    }

    @Test("What counts no longer is forgotten, a few at a time", arguments: Backend.all)
    func forgotten(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in 0..<6 {
                try await store.write { rows in
                    _ = try rows.rateWindow(named: "\(number)")
                    try rows.put(rateWindow: [UInt8(number)], named: "\(number)", until: Story.later(number))
                }
            }
            func forget() async throws -> Int {
                try await store.write { try $0.forgetRateWindows(before: Story.later(3), limit: 2) }
            }
            #expect(try await [forget(), forget(), forget()] == [2, 1, 0])
            #expect(try await Self.window("2", store) == [])
            #expect(try await Self.window("3", store) == [3])
        }
    }

    @Test("However many count at the same time, no more pass than may", arguments: Backend.all)
    func together(_ backend: Backend) async throws {
        try await backend.with { store in
            let rates = Rates(store: store, world: SetClock().world)
            let rule = RateRule(requests: 25, seconds: 60)
            let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        // In either order: nobody waits for somebody who waits for them.
                        let claims = [Rates.Claim("a", rule), Rates.Claim("b", RateRule(requests: 999, seconds: 60))]
                        let standing = try await rates.take(number % 3 == 0 ? claims.reversed() : claims)
                        return standing?.isRefused == false
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(passed == 25)
            let next = try await rates.take(
                [Rates.Claim("b", RateRule(requests: 26, seconds: 60))])
            #expect(next?.remaining == 0, "those that were refused count under no name")
        }
    }
}
