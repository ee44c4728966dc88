import Ledger
import TestKit
import Testing

@testable import Domain

@Suite("Answers of the router, held for and paid")
struct GenerationTests {
    @Test("What an answer may cost is held before it is asked for, and what it has cost is paid when it ends")
    func paid() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        let asked = await toll.scene.upstream.question(1)
        #expect(asked.prompt.maxOutputTokens == 10 && asked.prompt.passthrough != nil)
        #expect(try await toll.balance.debitsPending == 66 + 2 * 10)
        asked.say("Two ", "words")
        asked.answer.received(.usage(Usage(inputTokens: 20, outputTokens: 2)))
        asked.finish()
        let generation = try await toll.paid(live.id)
        #expect(generation.status == .settled && generation.cost.micros == 20 + 2 * 2)
        #expect(generation.inputTokens == 20 && generation.outputTokens == 2 && !generation.isEstimated)
        #expect(generation.finishReason == "stop")
        let balance = try await toll.balance
        #expect(balance.debitsPending == 0 && balance.debitsPosted == 24)
        #expect(try await toll.revenue == 24)
    }

    @Test("Input that the model's server had cached has its own price")
    func cached() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key()) { $0.model.prices.cachedInput = 100_000 }
        let asked = await toll.scene.upstream.question(1)
        var usage = Usage(inputTokens: 20, outputTokens: 2)
        usage.cachedTokens = 15
        asked.answer.received(.usage(usage))
        asked.finish()
        // 5 + 1.5 + 4, rounded once.
        #expect(try await toll.paid(live.id).cost.micros == 11)
    }

    @Test("Where nobody counts, tokens are estimated")
    func estimated() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        let asked = await toll.scene.upstream.question(1)
        asked.say("Twelve bytes")
        asked.finish()
        let generation = try await toll.paid(live.id)
        #expect(generation.isEstimated && generation.inputTokens == 13 && generation.outputTokens == 3)
        #expect(generation.cost.micros == 13 + 6)
    }

    @Test("An estimate is never more than was held")
    func estimateWithin() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key(), maxTokens: 1)
        let asked = await toll.scene.upstream.question(1)
        asked.say(String(repeating: "long ", count: 200))
        asked.finish()
        let generation = try await toll.paid(live.id)
        #expect(generation.cost == generation.bound && generation.overrun == .zero)
    }

    @Test("What an answer costs above its bound is the store's loss, never the customer's")
    func overrun() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        let asked = await toll.scene.upstream.question(1)
        asked.answer.received(.usage(Usage(inputTokens: 500, outputTokens: 50)))
        asked.finish()
        let generation = try await toll.paid(live.id)
        #expect(generation.cost.micros == 86 && generation.overrun.micros == 600 - 86)
        #expect(try await toll.balance.debitsPosted == 86)
        let loss = try #require(try await toll.transfers.last)
        #expect(loss.debit == .overrun() && loss.credit == .routerRevenue() && loss.amount == 514)
    }

    @Test("An answer that never began costs nothing")
    func void() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        await toll.scene.upstream.question(1).fail("no", isTransient: false)
        let generation = try await toll.paid(live.id)
        #expect(generation.status == .voided && generation.cost == .zero && generation.finishReason == "failed")
        #expect(try await toll.balance == Balance(
            debitsPending: 0, debitsPosted: 0, creditsPending: 0, creditsPosted: 1_000_000))
    }

    @Test("Whoever leaves pays the prompt and what was delivered, and the model is stopped at once")
    func leaving() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        let reader = Reader(of: live)
        let asked = await toll.scene.upstream.question(1)
        asked.say("Eight by")
        toll.scene.runs.leave(live, reader)
        #expect(asked.isCanceled)
        let generation = try await toll.paid(live.id)
        #expect(generation.finishReason == "canceled" && generation.isEstimated)
        #expect(generation.cost.micros == 13 + 2 * 2)
    }

    @Test("Whoever leaves before anything has come pays nothing")
    func leavingEarly() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        _ = await toll.scene.upstream.question(1)
        toll.scene.runs.abandon(live)
        #expect(try await toll.paid(live.id).status == .voided)
    }

    @Test("What a killed server has left is paid at the next start, by what was delivered")
    func killed() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key()
        let (spoken, silent) = (try await toll.ask(key), try await toll.ask(key))
        let reader = Reader(of: spoken)
        let asked = await toll.scene.upstream.question(1)
        asked.say("Eight by")
        asked.answer.received(.toolCall("{}"))
        await reader.until(3)
        // The old server's router hears nothing of its end.
        let heir = Tollhouse.router(toll.scene, try await toll.scene.heir())
        #expect(try await heir.settleLeftovers() == 2)
        let generation = try await toll.generation(spoken.id)
        #expect(generation.status == .settled && generation.isEstimated)
        #expect(generation.cost.micros == 13 + 2 * 3)
        #expect(try await toll.generation(silent.id).status == .voided)
        #expect(try await toll.balance.debitsPending == 0)
        #expect(try await heir.settleLeftovers() == 0)
    }

    @Test("An answer that goes on is not paid before it ends, however long it takes")
    func longAnswers() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        toll.scene.clock.advance(by: .seconds(600))
        #expect(try await toll.router.sweep() == 0)
        #expect(try await toll.generation(live.id).status == .open)
        #expect(try await toll.router.pay(live.id) == nil)
    }

    @Test("An answer is paid once, whoever asks for that and how often")
    func once() async throws {
        let toll = try await Tollhouse()
        let live = try await toll.ask(try await toll.key())
        let asked = await toll.scene.upstream.question(1)
        asked.answer.received(.usage(Usage(inputTokens: 20, outputTokens: 2)))
        asked.finish()
        try await until { try await toll.scene.stored(live.id)?.status == .finished }
        let other = Tollhouse.router(toll.scene, try await toll.scene.heir())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<20 {
                group.addTask { _ = try await (place % 2 == 0 ? toll.router : other).pay(live.id) }
            }
            try await group.waitForAll()
        }
        #expect(try await toll.balance.debitsPosted == 24)
        #expect(try await toll.transfers.filter { $0.kind.word == "post" }.count == 1)
    }
}
