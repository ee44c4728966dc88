import Ledger
import TestKit
import Testing

@testable import Domain

private let seeds: ClosedRange<UInt64> = 1...40

extension Dice {
    fileprivate mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

@Suite("What an answer can cost at most")
struct BoundTests {
    private static func key() -> RouterKey {
        let id = ID(high: 1, low: 1)
        return RouterKey(
            id: id, account: id, service: id, name: "production", secretHash: [], isTest: false, actor: "",
            createdAt: Timestamp(milliseconds: 0))
    }

    private static func model(_ dice: inout Dice) -> RouterModel {
        var prices = ModelPrice(
            input: Int64(dice.number(0...20_000_000)), output: Int64(dice.number(0...80_000_000)),
            request: Int64(dice.number(0...3) == 0 ? dice.number(0...10_000) : 0))
        if dice.number(0...1) == 0 { prices.cachedInput = Int64(dice.number(0...20_000_000)) }
        var model = RouterModel(name: "m", upstream: "u", model: "m", prices: prices)
        model.maxOutputTokens = dice.number(1...10_000)
        model.overheadTokens = dice.number(0...500)
        model.imageTokens = dice.number(1...2_000)
        return model
    }

    private static func facts(_ dice: inout Dice) -> RouterFacts {
        var facts = RouterFacts(bytes: dice.number(0...100_000), messages: dice.number(1...100))
        facts.laidOutBytes = dice.number(0...facts.bytes)
        facts.tools = dice.number(0...20)
        facts.images = dice.number(0...5)
        facts.choices = dice.number(1...8)
        return facts
    }

    @Test("Whatever is counted within the bound costs no more than the bound", arguments: seeds)
    func property(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for _ in 0..<500 {
            let (model, facts) = (Self.model(&dice), Self.facts(&dice))
            let bound = try RouterBound(of: facts, for: model, key: Self.key())
            let maxTokens = bound.maxTokens(asked: dice.number(1...20_000))
            let most = try bound.cost(maxTokens: maxTokens)
            for share in [0, dice.number(0...100), 100] {
                let input = bound.inputTokens * share / 100
                let output = maxTokens * facts.choices * dice.number(0...100) / 100
                let cost = model.prices.cost(input: input, cached: dice.number(0...input), output: output)
                #expect(cost <= most, "seed \(seed)")
            }
            let whole = model.prices.cost(input: bound.inputTokens, cached: 0, output: maxTokens * facts.choices)
            #expect(whole <= most, "seed \(seed)")
        }
    }

    @Test("A prompt has no more tokens than its bytes and what a server adds")
    func input() throws {
        var model = Tollhouse.model
        model.overheadTokens = 7
        var facts = RouterFacts(bytes: 100, messages: 3)
        #expect(try RouterBound(of: facts, for: model, key: Self.key()).inputTokens == 100 + 3 * 16 + 7)
        facts.laidOutBytes = 40
        facts.tools = 2
        let tools = 40 * 2 + RouterBound.tokensForTools + 2 * RouterBound.tokensPerTool
        #expect(try RouterBound(of: facts, for: model, key: Self.key()).inputTokens == 100 + 3 * 16 + 7 + tools)
    }

    @Test("The longest answer that can be paid is not a token shorter", arguments: seeds)
    func affordable(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for _ in 0..<500 {
            let model = Self.model(&dice)
            let bound = try RouterBound(of: Self.facts(&dice), for: model, key: Self.key())
            let money = Money(micros: Int64(dice.number(0...3_000_000)))
            let longest = bound.affordableMaxTokens(money)
            if longest > 0 { #expect(try bound.cost(maxTokens: longest) <= money, "seed \(seed)") }
            guard longest < model.maxOutputTokens else { continue }
            #expect(try bound.cost(maxTokens: longest + 1) > money, "seed \(seed)")
        }
    }

    @Test("Nobody pays for a part of a millionth twice: a cost is rounded once, up", arguments: [
        (0, 0, 0, 0), (1, 0, 0, 1), (3, 0, 0, 1), (1_000_000, 0, 0, 150_000), (1_000_001, 0, 0, 150_001),
        (1, 1, 1, 1), (10, 10, 0, 1), (2, 1, 1, 1), (7, 0, 3, 3),
    ] as [(Int, Int, Int, Int64)])
    func rounding(_ input: Int, _ cached: Int, _ output: Int, _ micros: Int64) {
        let prices = ModelPrice(input: 150_000, output: 600_000, cachedInput: 75_000)
        #expect(prices.cost(input: input, cached: cached, output: output).micros == micros)
    }

    @Test("A request costs what it costs, however few its tokens are")
    func request() {
        #expect(ModelPrice(input: 1, output: 1, request: 2_500).cost(input: 0, cached: 0, output: 1).micros == 2_501)
    }

    @Test("What a server claims beyond all measure is cut off, not overflown")
    func nonsense() {
        let prices = ModelPrice(input: .max, output: .max)
        #expect(prices.cost(input: .max, cached: .min, output: .max).micros == .max)
        #expect(prices.cost(input: -5, cached: -5, output: -5).micros == 0)
    }

    @Test("Images are refused where nobody knows what they count")
    func images() throws {
        var facts = RouterFacts(bytes: 10, messages: 1)
        facts.images = 1
        var model = Tollhouse.model
        #expect(throws: Refusal.self) { try RouterBound(of: facts, for: model, key: Self.key()) }
        model.imageTokens = 900
        #expect(try RouterBound(of: facts, for: model, key: Self.key()).inputTokens == 10 + 16 + 900)
    }

    @Test("An answer is as long as is asked, but no longer than its model and its key let it be")
    func lengths() throws {
        var key = Self.key()
        let facts = RouterFacts(bytes: 10, messages: 1)
        let bound = try RouterBound(of: facts, for: Tollhouse.model, key: key)
        #expect(bound.maxTokens(asked: nil) == 100)
        #expect(bound.maxTokens(asked: 30) == 30)
        #expect(bound.maxTokens(asked: 1000) == 100)
        key.maxTokens = 20
        #expect(try RouterBound(of: facts, for: Tollhouse.model, key: key).maxTokens(asked: nil) == 20)
    }
}
