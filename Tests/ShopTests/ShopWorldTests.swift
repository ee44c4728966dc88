import Domain
import SQLiteStore
import TestKit
import Testing

/// Forty thousand commands in made-up shops, beside those in worlds of the ledger alone. RIALTO_WORLD_SEED looks
/// at one world again, and tells it.
@Suite("Worlds of the shop")
struct ShopWorldTests {
    /// What the shop says no with.
    private static let refusals = [
        "capability_unsupported", "configuration_invalid", "conflict", "forbidden",
        "insufficient_funds", "invalid", "item_unavailable", "max_total_exceeded", "mismatch", "notFound",
        "not_cancelable", "not_completed", "not_refundable", "policy_denied", "possible_duplicate", "price_changed",
        "quote_already_purchased", "quote_expired", "refund_exceeds_purchase", "service_not_active", "storage",
        "wallet_frozen",
    ]
    private static let troubles = ["dies", "fails", "losesAnswer"]

    @Test("Whatever happens, the shop does what it must, and everything that can happen has happened")
    func worlds() async throws {
        let seeds = WorldSeeds(80)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in seeds.seeds {
                group.addTask {
                    let store = try SQLiteStore(inMemory: ())
                    var world = try await ShopWorld(seed: seed, on: store, tally: tally, isTold: seeds.isOne)
                    try await world.run(commands: 500)
                }
            }
            try await group.waitForAll()
        }
        guard !seeds.isOne else { return }
        #expect(tally.of("commands") == 40_000)
        let names =
            ShopWorld.edges + Mood.names.map { "mood \($0)" } + Self.troubles.map { "trouble \($0)" }
            + (Self.refusals + ["denied"]).map { "answer \($0)" }
        #expect(tally.rare(names) == [:], "\(tally.description)")
    }

    @Test("The same seed makes the same world, to the last byte of its books")
    func twice() async throws {
        let seed = WorldSeeds(1).seeds[0]
        var heads: [[BookHead]] = []
        for _ in 0..<2 {
            var world = try await ShopWorld(seed: seed, on: SQLiteStore(inMemory: ()), tally: Tally())
            try await world.run(commands: 150)
            heads.append(try await world.heads())
        }
        #expect(heads[0] == heads[1], "RIALTO_WORLD_SEED=\(seed)")
    }
}
