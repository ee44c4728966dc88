import Ledger
import TestKit

@testable import Domain

/// A router in a world of its own: three keys ask for answers that go well, cost too much, break off or are left, and
/// now and then the server is killed. What is held and paid is counted beside it, in millionths of a dollar.
struct RouterWorld {
    /// An answer that has not ended.
    private struct Open {
        var live: LiveRun
        var asked: ScriptedUpstream.Asked
        var reader: Reader
        var key: Int
        var bound: Int64
        var day: Int64
    }

    /// What a key has spent, and when.
    private struct Spent {
        var key: Int
        var amount: Int64
        var day: Int64
    }

    private let seed: UInt64
    private let tally: Tally
    private let toll: Tollhouse
    private var dice: Dice
    private var runs: Runs
    private var router: ModelRouter
    /// Without a limit, with one for each day, with one for good.
    private let keys: [RouterKey]
    private let limits: [Int64?] = [nil, 900, 40_000]
    private var open: [Open] = []
    private var spent: [Spent] = []
    private var funded: Int64 = 2_000
    private var lost: Int64 = 0
    private var questions = 0

    init(seed: UInt64, tally: Tally) async throws {
        (self.seed, self.tally, dice) = (seed, tally, Dice(seed: seed))
        toll = try await Tollhouse(credits: 2_000)
        (runs, router) = (toll.scene.runs, toll.router)
        keys = [
            try await toll.key(),
            try await toll.key { ($0.limit, $0.limitReset) = (Money(micros: 900), .daily) },
            try await toll.key { $0.limit = Money(micros: 40_000) },
        ]
    }

    mutating func run(commands: Int) async throws {
        for step in 1...commands {
            do {
                try await command()
                try await check()
            } catch {
                throw Discrepancy(seed: seed, step: step, "\(error)")
            }
        }
        while !open.isEmpty { try await end(0) }
        try await check()
        let transfers = try await toll.transfers
        let (holds, ends) = (transfers.filter { $0.kind == .pending }, transfers.compactMap(\.kind.pending))
        guard Set(holds.map(\.id)) == Set(ends), holds.count == ends.count else {
            throw Discrepancy(seed: seed, step: commands, "A hold has not ended, or has ended twice.")
        }
    }

    private mutating func command() async throws {
        switch dice.below(100) {
        case 0..<50 where open.count < 8: try await ask()
        case 0..<86 where !open.isEmpty: try await end(dice.below(open.count))
        case 86..<92:
            let micros = Int64(1 + dice.below(900))
            try await toll.fund(micros)
            funded += micros
        case 92..<95 where open.isEmpty: toll.scene.clock.advance(by: .seconds(dice.chance(80) ? 50_000 : -20_000))
        case 95..<97: try await kill()
        case 97..<99: _ = try await router.sweep()
        default: try await ask()
        }
    }

    private var day: Int64 { toll.scene.clock.now.milliseconds / 86_400_000 }
    private var held: Int64 { open.reduce(0) { $0 + $1.bound } }
    private var paid: Int64 { spent.reduce(0) { $0 + $1.amount } }

    /// What of a key's limit is left today, or at all.
    private func left(of key: Int) -> Int64? {
        guard let limit = limits[key] else { return nil }
        let today = day
        func counts(_ other: Int, _ day: Int64) -> Bool { other == key && (key == 2 || day == today) }
        return limit - open.filter { counts($0.key, $0.day) }.reduce(0) { $0 + $1.bound }
            - spent.filter { counts($0.key, $0.day) }.reduce(0) { $0 + $1.amount }
    }

    /// A prompt of 66 tokens at most, and so many for the answer at two millionths each.
    private mutating func ask() async throws {
        let (key, wanted, clamps) = (dice.below(3), 1 + dice.below(100), dice.chance(20))
        let (free, left) = (funded - paid - held, left(of: key))
        let affordable = max(0, (min(free, left ?? .max) - 66) / 2)
        let tokens = clamps ? min(Int64(wanted), affordable) : Int64(wanted)
        do {
            let request = toll.request(keys[key], maxTokens: wanted) { $0.clamps = clamps }
            guard case .live(let live) = try await router.answer(request).reading else {
                throw Refusal(.conflict, "The run is not live.")
            }
            questions += 1
            guard tokens > 0, tokens <= affordable else { throw Refusal(.conflict, "It cannot be paid.") }
            let asked = await toll.scene.upstream.question(questions)
            guard asked.prompt.maxOutputTokens == Int(tokens) else {
                throw Refusal(.conflict, "It is of another size.")
            }
            tally.count(tokens < wanted ? "shorter" : "asked")
            open.append(
                Open(
                    live: live, asked: asked, reader: Reader(of: live), key: key, bound: 66 + 2 * tokens, day: day))
        } catch let refusal as Refusal where refusal.code == "router_credit_exhausted" {
            let what = refusal.details?["bindingConstraint"]?.string ?? ""
            guard affordable < wanted, refusal.details?["affordableMaxTokens"]?.integer == min(affordable, 100),
                what == ((left ?? .max) < free ? "key_limit" : "credits")
            else { throw refusal }
            tally.count("exhausted \(what)")
        }
    }

    private mutating func end(_ place: Int) async throws {
        let ended = open.remove(at: place)
        let cost = finish(ended)
        let generation = try await toll.paid(ended.live.id)
        let charged = min(cost ?? 0, ended.bound)
        guard generation.cost.micros == charged, (generation.status == .voided) == (cost == nil) else {
            throw Refusal(.conflict, "\(generation) cost \(String(describing: cost)).")
        }
        // An estimate is no loss.
        if !generation.isEstimated { lost += max(0, (cost ?? 0) - ended.bound) }
        spent.append(Spent(key: ended.key, amount: charged, day: ended.day))
    }

    /// - Returns: what it costs; nil for what never began.
    private mutating func finish(_ open: Open) -> Int64? {
        let words = String(repeating: "a", count: 1 + dice.below(600))
        let estimate = Int64(13 + 2 * ((words.utf8.count + 3) / 4))
        switch dice.below(7) {
        case 0, 1:
            let isTooMuch = dice.chance(40)
            let usage = Usage(inputTokens: dice.below(66), outputTokens: isTooMuch ? 150 : dice.below(20))
            open.asked.say("fine")
            open.asked.answer.received(.usage(usage))
            open.asked.finish()
            let cost = Int64(usage.inputTokens + 2 * usage.outputTokens)
            tally.count(cost > open.bound ? "overrun" : "counted")
            return cost
        case 2:
            open.asked.say(words)
            open.asked.finish()
            tally.count("not counted")
            return estimate
        case 3:
            open.asked.fail("no", isTransient: false)
            tally.count("failed")
            return nil
        case 4:
            open.asked.say(words)
            open.asked.fail("no", isTransient: false)
            tally.count("broken off")
            return estimate
        case 5:
            open.asked.say(words)
            runs.leave(open.live, open.reader)
            tally.count("left")
            return estimate
        default:
            runs.leave(open.live, open.reader)
            tally.count("left early")
            return nil
        }
    }

    /// What was asked for is looked after by the next server; nothing was delivered of it.
    private mutating func kill() async throws {
        guard !open.isEmpty else { return }
        runs = try await toll.scene.heir()
        router = Tollhouse.router(toll.scene, runs)
        guard try await router.settleLeftovers() == open.count else { throw Refusal(.conflict, "One is left.") }
        for _ in open { tally.count("killed") }
        open = []
    }

    /// Nothing is held but what may be owed, and what was paid is what answers have cost.
    private func check() async throws {
        let balance = try await toll.balance
        guard balance.debitsPending == held, balance.debitsPosted == paid, balance.creditsPosted == funded,
            balance.available >= 0, try await toll.revenue == paid
        else { throw Refusal(.conflict, "\(balance): held \(held), paid \(paid), funded \(funded)") }
        let overrun = try await toll.transfers.filter { $0.debit == .overrun() }.reduce(0) { $0 + $1.amount }
        guard overrun == lost else { throw Refusal(.conflict, "\(overrun) was lost, not \(lost)") }
    }
}
