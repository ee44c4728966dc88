import TestKit
import Testing

/// Two thousand and more requests to routers of made-up worlds. RIALTO_WORLD_SEED looks at one again.
@Suite("Worlds of the router")
struct RouterWorldTests {
    private static let fates = [
        "asked", "exhausted credits", "exhausted key_limit", "counted", "not counted", "overrun", "failed",
        "broken off", "left", "left early", "killed",
    ]

    @Test("Whatever becomes of answers, nobody pays more than they had, and nothing is held for nothing")
    func worlds() async throws {
        let seeds = WorldSeeds(20)
        let tally = Tally()
        for seed in seeds.seeds {
            var world = try await RouterWorld(seed: seed, tally: tally)
            try await world.run(commands: 250)
        }
        guard !seeds.isOne else { return }
        #expect(tally.rare(Self.fates) == [:], "\(tally.description)")
        // No refusal and no fault, and not often: an answer that is made shorter because no more can be paid.
        #expect(tally.rare(["shorter"], below: 10) == [:])
    }
}
