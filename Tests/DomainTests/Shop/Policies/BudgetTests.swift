import Domain
import Ledger
import Testing

@Suite("Budgets allow so much in so much time, and never more")
struct BudgetTests {
    private static func daily(_ cents: Int64, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let limit: JSONValue = ["interval": "daily", "amountMinor": .integer(cents)]
        return ["spendLimits": [.object((limit.object ?? [:]).merging(more) { $1 })]]
    }

    @Test("What is drawn is named by account, subject, rule, period and version")
    func names() throws {
        let layers = [
            try Mira.layer(Self.daily(5000)),
            try Mira.layer(
                ["maxPurchases": [["interval": "weekly", "count": 3]]], for: .agent("shopper"), version: 2),
            try Mira.layer(
                [
                    "spendLimits": [
                        ["interval": "all_time", "amountMinor": 9000, "categories": ["domains", "compute"]]
                    ]
                ],
                for: .key(Mira.key), version: 3),
        ]
        let draws = try PolicyJudge.judge(Mira.wish(), under: layers, on: Past()).draws
        let account = Mira.account.uuid
        #expect(
            draws.map(\.budget.text) == [
                "budget/\(account)/account/spend:daily:*/2026-03-11T00/\(layers[0].id.uuid)",
                "budget/\(account)/agent:shopper/count:weekly/2026-03-09T00/\(layers[1].id.uuid)",
                "budget/\(account)/key:\(Mira.key.uuid)/spend:all_time:compute,domains/all/\(layers[2].id.uuid)",
            ])
        #expect(draws.map(\.opening) == [50_000_000, 3, 90_000_000])
        #expect(draws.map(\.amount) == [14_990_000, 1, 14_990_000])
        let tests = try PolicyJudge.judge(Mira.wish(isTest: true), under: layers, on: Past()).draws
        #expect(tests[0].budget.text.contains("/account/test-spend:daily:*/"))
        #expect(
            tests.allSatisfy { $0.budget.unit == .budget }
                && Set(tests.map(\.budget)).isDisjoint(with: draws.map(\.budget)))
    }

    @Test("A day's money is used up to the last cent, and is whole again the next day")
    func usedUp() throws {
        let (past, policy) = (Past(), Self.daily(3000))
        for (cents, outcome) in [
            (1000, PolicyTrace.Outcome.allow), (1999, .allow), (2, .deny), (1, .allow), (1, .deny),
        ] {
            let wish = Mira.wish(cents: Int64(cents))
            let decision = try Mira.judge(policy, wish, past)
            #expect(decision.outcome == outcome, "\(cents)")
            if outcome == .allow { past.take(decision, wish) } else { #expect(decision.draws == []) }
        }
        let tomorrow = Mira.wish(cents: 3000, at: Mira.moment("2026-03-12T00:00:00Z"))
        #expect(try Mira.judge(policy, tomorrow, past).outcome == .allow)
    }

    @Test("The trace tells the limit, what is used and held, and when it is whole again")
    func told() throws {
        let (past, policy) = (Past(), Self.daily(3000, ["id": "pocket-money"]))
        past.purchases = [.init(category: "compute", amount: Money(micros: 5_000_000), at: Mira.noon)]
        let first = try Mira.judge(policy, Mira.wish(cents: 1000), past)
        let line = try #require(first.trace.last)
        #expect(line.rule == "pocket-money" && line.limit == Money(minor: 3000) && line.used == Money(minor: 500))
        #expect(line.held == .zero && line.resetsAt == Mira.moment("2026-03-12T00:00:00Z"))
        #expect(first.draws[0].opening == 25_000_000)
        past.take(first, Mira.wish(cents: 1000))
        var balance = try #require(past.balances[first.draws[0].budget])
        let second = try #require(try Mira.judge(policy, Mira.wish(cents: 1501), past).trace.last)
        #expect(second.outcome == .deny && second.used == Money(minor: 500) && second.held == Money(minor: 1000))
        (balance.debitsPending, balance.debitsPosted) = (0, balance.debitsPending)
        past.balances[first.draws[0].budget] = balance
        let third = try #require(try Mira.judge(policy, Mira.wish(cents: 1501), past).trace.last)
        #expect(third.outcome == .deny && third.used == Money(minor: 1500) && third.held == .zero)
    }

    @Test("A limit for categories counts only these")
    func categories() throws {
        let (past, policy) = (Past(), Self.daily(2000, ["categories": ["domains"]]))
        past.purchases = [.init(category: "compute", amount: Money(micros: 90_000_000), at: Mira.noon)]
        #expect(try Mira.judge(policy, Mira.wish(Mira.server, cents: 5000), past).lines == ["platform bounds allow"])
        let decision = try Mira.judge(policy, Mira.wish(cents: 2000), past)
        #expect(decision.outcome == .allow && decision.draws[0].opening == 20_000_000)
        #expect(try Mira.judge(policy, Mira.wish(cents: 2001), past).outcome == .deny)
    }

    @Test("Purchases are counted too")
    func counts() throws {
        let (past, policy) = (Past(), ["maxPurchases": [["interval": "hourly", "count": 2]]] as JSONValue)
        for outcome in [PolicyTrace.Outcome.allow, .allow, .deny] {
            let decision = try Mira.judge(policy, Mira.wish(), past)
            #expect(decision.outcome == outcome)
            if outcome == .allow { past.take(decision, Mira.wish()) }
        }
        #expect(try Mira.judge(policy, Mira.wish(at: Mira.noon.adding(hours: 1)), past).outcome == .allow)
    }

    @Test("A budget that begins with nothing is never drawn from")
    func nothingLeft() throws {
        let past = Past()
        past.purchases = [.init(category: "domains", amount: Money(micros: 90_000_000), at: Mira.noon)]
        for policy in [Self.daily(3000), Self.daily(0)] {
            let decision = try Mira.judge(policy, Mira.wish(cents: 1), past)
            #expect(decision.outcome == .deny && decision.draws == [])
        }
        #expect(
            try Mira.judge(["maxPurchases": [["interval": "daily", "count": 1]]], Mira.wish(), past).outcome == .deny)
    }

    @Test("What a person is asked for is held while they think; what another rule denies is not")
    func asked() throws {
        var policy = Self.daily(3000).object ?? [:]
        policy["approvalRules"] = [[:]]
        #expect(try Mira.judge(.object(policy)).draws.count == 1)
        policy["maxQuantity"] = 1
        #expect(try Mira.judge(.object(policy), Mira.wish(pieces: 2)).draws == [])
    }

    @Test("A clock that is set back finds a used day as it was left, and opens no day with more than is left")
    func clockSetBack() throws {
        for earlier in ["2026-03-11T00:00:00Z", "2026-03-10T12:00:00Z", "2026-02-01T00:00:00Z"] {
            let (past, policy) = (Past(), Self.daily(3000))
            let first = try Mira.judge(policy, Mira.wish(cents: 3000), past)
            past.take(first, Mira.wish(cents: 3000))
            let back = Mira.wish(cents: 1, at: Mira.moment(earlier))
            #expect(try Mira.judge(policy, back, past).outcome == .deny, "\(earlier)")
            #expect(try Mira.judge(policy, Mira.wish(cents: 1), past).outcome == .deny)
        }
    }

    @Test("A new version of a policy counts what was spent under the old one")
    func newVersion() throws {
        let past = Past()
        let old = try Mira.layer(Self.daily(3000))
        past.take(try PolicyJudge.judge(Mira.wish(cents: 2000), under: [old], on: past), Mira.wish(cents: 2000))
        for (limit, left) in [(3000, 1000), (5000, 3000), (2000, 0), (500, 0)] as [(Int64, Int64)] {
            let new = try Mira.layer(Self.daily(limit), version: 2)
            let judge = { try PolicyJudge.judge(Mira.wish(cents: $0), under: [new], on: past).outcome }
            #expect(try judge(left + 1) == .deny)
            #expect(try left == 0 || judge(left) == .allow)
        }
    }

    @Test("What is left is told for every layer, and what keeps a purchase smallest")
    func effective() throws {
        let past = Past()
        let layers = [
            try Mira.layer(
                [
                    "maxQuantity": 2,
                    "spendLimits": [["interval": "weekly", "amountMinor": 900, "categories": ["compute"]]],
                ],
                for: .key(Mira.key), version: 2),
            try Mira.layer([
                "maxPerPurchaseMinor": 2500, "maxQuantity": 5, "frozen": true,
                "spendLimits": [
                    ["interval": "daily", "amountMinor": 3000], ["interval": "per_purchase", "amountMinor": 99],
                ],
                "maxPurchases": [["id": "few", "interval": "all_time", "count": 4]],
            ]),
        ]
        past.purchases = [.init(category: "domains", amount: Money(micros: 10_000_000), at: Mira.noon)]
        let policy = try EffectivePolicy(layers, account: Mira.account, isTest: false, at: Mira.noon, on: past)
        #expect(policy.layers.map(\.subject.layer) == ["account", "key"] && policy.isFrozen)
        let rules = policy.budgets.map(\.rule)
        #expect(rules == ["maxPerPurchaseMinor", "spendLimits[1]", "spendLimits[0]", "few", "spendLimits[0]"])
        #expect(policy.budgets.map(\.moneyLeft?.minor) == [2500, 99, 2000, nil, 900])
        #expect(policy.budgets[3].remaining == .purchases(3) && policy.budgets[3].resetsAt == nil)
        #expect(policy.budgets[4].resetsAt == Mira.moment("2026-03-16T00:00:00Z"))
        #expect(policy.budgets[2].used == .money(Money(micros: 10_000_000)))
        let names = ["frozen", "maxPerPurchaseMinor", "maxQuantity"]
        #expect(policy.rules.map(\.name) == names && policy.rules.map(\.value) == [true, 2500, 2])
        #expect(policy.rules.map(\.layers) == [["account"], ["account"], ["key"]])
    }

    @Test("Rules of several layers come to one value, of which it is known who said it")
    func together() throws {
        let layers = [
            try Mira.layer([
                "allowedCategories": ["a", "b"], "blockedItems": ["x"], "scopes": ["catalog:read", "wallet:read"],
                "validFrom": "2026-01-01T00:00:00Z", "duplicateWindowMinutes": 5, "recurring": ["allowed": true],
                "router": ["allowedModels": ["m", "n"], "maxKeyLimitUsd": 5, "rpm": 10],
                "network": ["sourceCidrs": ["10.0.0.0/8"]],
            ]),
            try Mira.layer(
                [
                    "allowedCategories": ["b", "c"], "blockedItems": ["w"], "scopes": ["catalog:read"],
                    "validFrom": "2026-02-01T00:00:00Z", "duplicateWindowMinutes": 7, "recurring": ["allowed": false],
                    "router": ["allowedModels": ["n", "o"], "maxKeyLimitUsd": "2.50", "tpm": 100],
                ], for: .agent("shopper")),
        ]
        let policy = EffectivePolicy(layers: layers, budgets: [])
        let values = Dictionary(uniqueKeysWithValues: policy.rules.map { ($0.name, $0.value) })
        #expect(values["allowedCategories"] == ["b"] && values["blockedItems"] == ["w", "x"])
        #expect(values["scopes"] == ["catalog:read"] && values["validFrom"] == "2026-02-01T00:00:00.000Z")
        #expect(values["duplicateWindowMinutes"] == 7 && values["recurring.allowed"] == false)
        #expect(values["router.allowedModels"] == ["n"] && values["router.maxKeyLimitUsd"] == "2.50")
        #expect(values["network.sourceCidrs"] == ["10.0.0.0/8"] && values.count == policy.rules.count)
        #expect(layers.allows(scope: "catalog:read") && !layers.allows(scope: "wallet:read"))
    }
}
