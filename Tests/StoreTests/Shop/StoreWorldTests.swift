import Domain
import TestKit
import Testing

/// The same worlds as elsewhere, on stores that last: 5,000 commands on SQLite and 1,000 on PostgreSQL, of each kind.
@Suite("Worlds on stores")
struct StoreWorldTests {
    private static let worlds = [(Backend.onDisk, 10), (Backend.postgres, 2)]

    @Test("Whatever is asked of a ledger, a store keeps its books right", arguments: worlds)
    func ledgers(_ backend: Backend, _ count: Int) async throws {
        for seed in WorldSeeds(count).seeds {
            try await backend.with { store in
                try await store.write { try $0.insert(Story.harbour) }
                var world = LedgerWorld(seed: seed, tally: Tally())
                try await world.run(commands: 500, on: RowBook(store, of: Story.harbour.id))
            }
        }
    }

    @Test("Whatever happens to a shop, it does what it must on every store", arguments: worlds)
    func shops(_ backend: Backend, _ count: Int) async throws {
        for seed in WorldSeeds(count).seeds {
            try await backend.with { store in
                var world = try await ShopWorld(seed: seed, on: store, tally: Tally())
                try await world.run(commands: 500)
            }
        }
    }
}
