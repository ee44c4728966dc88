import Ledger
import TestKit
import Testing

@testable import Domain

@Suite("What keys of the router may spend")
struct SpendingTests {
    private func exhausted<Answer>(_ work: () async throws -> Answer) async throws -> JSONValue {
        do {
            _ = try await work()
        } catch let refusal as Refusal where refusal.code == "router_credit_exhausted" {
            #expect(refusal.reason == .insufficientFunds)
            return refusal.details ?? .null
        }
        throw Refusal(.conflict, "It was not refused.")
    }

    @Test("What cannot be paid is refused, with the longest answer that could be")
    func refused() async throws {
        let toll = try await Tollhouse(credits: 81)
        let key = try await toll.key()
        let details = try await exhausted { try await toll.ask(key) }
        #expect(details["affordableMaxTokens"] == 7 && details["bindingConstraint"] == "credits")
        #expect(toll.scene.upstream.count == 0)
        _ = try await toll.ask(key, maxTokens: 7)
        #expect(try await exhausted { try await toll.ask(key, maxTokens: 1) }["affordableMaxTokens"] == 0)
    }

    @Test("Whoever asks so gets the answer that can be paid")
    func clamped() async throws {
        let toll = try await Tollhouse(credits: 81)
        let key = try await toll.key()
        let live = try await toll.ask(key) { $0.clamps = true }
        #expect(await toll.scene.upstream.question(1).prompt.maxOutputTokens == 7)
        #expect(try await toll.generation(live.id).maxTokens == 7)
        _ = try await exhausted { try await toll.ask(key) { $0.clamps = true } }
    }

    @Test("Two hundred at once never get more than the credits are")
    func credits() async throws {
        let toll = try await Tollhouse(credits: 86 * 10 + 85)
        let key = try await toll.key()
        let (begun, refused) = try await rush(toll, key)
        #expect(begun.count == 10 && refused == 190)
        let held = try await toll.balance
        #expect(held.debitsPending == 860 && held.available == 85)
        #expect(toll.scene.upstream.count == 10)
        for number in 1...10 {
            let asked = await toll.scene.upstream.question(number)
            asked.answer.received(.usage(Usage(inputTokens: 10 + number, outputTokens: number)))
            asked.finish()
        }
        for id in begun { _ = try await toll.paid(id) }
        let sum = (1...10).reduce(0) { $0 + 10 + $1 + 2 * $1 }
        #expect(try await toll.balance.debitsPosted == Int64(sum))
        try await expectSumsToAgree(toll, key, Int64(sum))
    }

    @Test("Two hundred at once never pass the limit of their key")
    func limit() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key { $0.limit = Money(micros: 86 * 4) }
        let (begun, refused) = try await rush(toll, key)
        #expect(begun.count == 4 && refused == 196)
        let standing = try await toll.router.standing(of: key)
        #expect(standing.held.micros == 344 && standing.remaining == .zero)
        await toll.scene.upstream.question(1).fail("no", isTransient: false)
        try await until { try await toll.router.standing(of: key).remaining?.micros == 86 }
        _ = try await toll.ask(key)
        let details = try await exhausted { try await toll.ask(key) }
        #expect(details["bindingConstraint"] == "key_limit")
    }

    private func rush(_ toll: Tollhouse, _ key: RouterKey) async throws -> (begun: [ID], refused: Int) {
        try await withThrowingTaskGroup(of: ID?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        return try await toll.ask(key).id
                    } catch let refusal as Refusal where refusal.code == "router_credit_exhausted" {
                        return nil
                    }
                }
            }
            var (begun, refused) = ([ID](), 0)
            for try await id in group {
                if let id { begun.append(id) } else { refused += 1 }
            }
            return (begun, refused)
        }
    }

    /// What generations, the key, the usage and the ledger say is the same, to the millionth of a dollar.
    private func expectSumsToAgree(_ toll: Tollhouse, _ key: RouterKey, _ sum: Int64) async throws {
        #expect(try await toll.revenue == sum)
        #expect(try await toll.keys.key(key.id, for: toll.shopper).spent.micros == sum)
        let usage = try await toll.router.usage(of: toll.service, by: .model, for: toll.shopper)
        #expect(usage.total.cost.micros == sum && usage.total.requests == 10 && usage.total.held == .zero)
        #expect(usage.groups.map(\.name) == ["house/first"] && usage.groups[0].sum == usage.total)
    }

    @Test("A limit is whole again in its next period, and no clock that goes back opens a used one")
    func periods() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key { wish in
            wish.limit = Money(micros: 90)
            wish.limitReset = .daily
        }
        _ = try await toll.ask(key)
        _ = try await exhausted { try await toll.ask(key) }
        toll.scene.clock.advance(by: .seconds(86_400))
        _ = try await toll.ask(key)
        toll.scene.clock.advance(by: .seconds(-86_400))
        _ = try await exhausted { try await toll.ask(key) }
    }

    @Test("A changed limit counts what was used under the one before")
    func changedLimit() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key { $0.limit = Money(micros: 90) }
        _ = try await toll.ask(key)
        var changes = RouterKeys.Changes()
        changes.limit = .some(Money(micros: 171))
        let raised = try await toll.keys.update(key.id, changes, for: toll.shopper)
        #expect(try await toll.router.standing(of: raised).remaining?.micros == 85)
        _ = try await exhausted { try await toll.ask(raised) }
        changes.limit = .some(Money(micros: 172))
        _ = try await toll.ask(try await toll.keys.update(key.id, changes, for: toll.shopper))
        changes.limit = .some(nil)
        _ = try await toll.ask(try await toll.keys.update(key.id, changes, for: toll.shopper))
    }

    @Test("A request that is sent again is one answer, and is held for once")
    func repeated() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key()
        let claim = IdempotencyKey(path: "/openai/v1/chat/completions", key: "one", request: [1])
        let first = try await toll.router.answer(toll.request(key) { $0.idempotency = claim })
        let second = try await toll.router.answer(toll.request(key) { $0.idempotency = claim })
        #expect(!first.isRepeated && second.isRepeated && second.reading.run.id == first.reading.run.id)
        #expect(try await toll.balance.debitsPending == 86)
    }

    @Test("A frozen account, a router that is over and a key that was disabled ask nothing")
    func closed() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key()
        var changes = RouterKeys.Changes()
        changes.isDisabled = true
        _ = try await toll.keys.update(key.id, changes, for: toll.shopper)
        await #expect { try await toll.ask(key) } throws: { ($0 as? Refusal)?.code == "key_disabled" }
        changes.isDisabled = false
        _ = try await toll.keys.update(key.id, changes, for: toll.shopper)
        let (account, service, now) = (toll.scene.ana.account, toll.service, toll.scene.clock.now)
        try await toll.scene.gate.write { rows in
            try Books.write(of: account, in: rows, at: now) { $0.setFrozen(now) }
        }
        await #expect { try await toll.ask(key) } throws: { ($0 as? Refusal)?.code == "wallet_frozen" }
        try await toll.scene.gate.write { rows in
            try Books.write(of: account, in: rows, at: now) { $0.setFrozen(nil) }
            var over = try rows.find(Service.self, service, of: account)
            over.status = .suspended
            try rows.update(over)
        }
        await #expect { try await toll.ask(key) } throws: { ($0 as? Refusal)?.code == "service_not_active" }
        #expect(toll.scene.upstream.count == 0)
    }

    @Test("A key has its requests and its tokens in a minute, and no more")
    func rates() async throws {
        let toll = try await Tollhouse()
        let key = try await toll.key { wish in
            wish.requestsPerMinute = 3
            wish.tokensPerMinute = 50
        }
        // 13 for the prompt and 10 for the answer.
        let first = try await toll.router.pass(toll.request(key))
        #expect(first.map(\.name) == ["requests", "tokens"] && first.map(\.standing.remaining) == [2, 27])
        #expect(try await toll.router.pass(toll.request(key)).map(\.standing.remaining) == [1, 4])
        let third = try await toll.router.pass(toll.request(key))
        #expect(third.map(\.standing.isRefused) == [false, true])
        toll.scene.clock.advance(by: .seconds(65))
        #expect(try await toll.router.pass(toll.request(key)).map(\.standing.remaining) == [2, 27])
        await #expect(throws: Refusal.self) { try await toll.router.pass(toll.request(key, maxTokens: 100)) }
    }

    @Test("Play money is answered by the echo alone, and real money by what was set up")
    func play() async throws {
        let models = RouterModels([Tollhouse.model])
        #expect(models.models(isTest: true).map(\.name) == ["sim/echo"])
        #expect(models.models(isTest: false).map(\.name) == ["house/first"])
        #expect(RouterModels([]).models(isTest: false).map(\.name) == ["sim/echo"])
        let toll = try await Tollhouse(isTest: true)
        let live = try await toll.ask(try await toll.key())
        await toll.scene.upstream.question(1).fail("no", isTransient: false)
        #expect(try await toll.paid(live.id).isTest)
    }
}
