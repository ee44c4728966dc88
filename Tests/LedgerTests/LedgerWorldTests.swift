import Ledger
import TestKit
import Testing

/// Eighty thousand commands in made-up worlds, each answered by the ledger as an auditor says who only reads the
/// journal. RIALTO_WORLD_SEED looks at one world again.
@Suite("Worlds of the ledger")
struct LedgerWorldTests {
    @Test("Whatever is asked, the books are right, and every outcome has been seen")
    func worlds() async throws {
        let seeds = WorldSeeds(160)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in seeds.seeds {
                group.addTask {
                    var world = LedgerWorld(seed: seed, tally: tally)
                    try await world.run(commands: 500, on: PaperBook())
                }
            }
            try await group.waitForAll()
        }
        guard !seeds.isOne else { return }
        #expect(tally.rare(Outcome.allCases.map(\.rawValue)) == [:], "\(tally.description)")
    }
}
