import Domain
import SQLiteStore
import TestKit
import Testing

/// Twenty thousand commands in made-up shops. RIALTO_WORLD_SEED looks at one world again.
@Suite("Worlds of the shop")
struct ShopWorldTests {
    @Test("Whatever happens, the shop does what it must, and everything that can happen has happened")
    func worlds() async throws {
        let seeds = WorldSeeds(40)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in seeds.seeds {
                group.addTask {
                    var world = try await ShopWorld(seed: seed, on: SQLiteStore(inMemory: ()), tally: tally)
                    try await world.run(commands: 500)
                }
            }
            try await group.waitForAll()
        }
        print(tally.description)
    }
}
