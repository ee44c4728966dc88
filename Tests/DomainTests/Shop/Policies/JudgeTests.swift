import Domain
import Foundation
import Ledger
import Testing

@Suite("All layers are heard, and the worst that is said counts")
struct JudgeTests {
    @Test("Lines stand in the order of the layers, and of the rules within each")
    func order() throws {
        let layers = [
            try Mira.layer(["approvalRules": [[:]], "allowedItems": ["cat_domain_com"]], for: .key(Mira.key)),
            try Mira.layer(["maxQuantity": 5, "allowedCategories": ["domains"]], for: .agent("shopper")),
            try Mira.layer(["maxPurchases": [["interval": "daily", "count": 5]], "maxPerPurchaseMinor": 1]),
        ]
        for layers in [layers, layers.reversed()] {
            let decision = try PolicyJudge.judge(Mira.wish(), under: layers, on: Past())
            #expect(
                decision.lines == [
                    "platform bounds allow", "account maxPerPurchaseMinor deny", "account maxPurchases[0] allow",
                    "agent allowedCategories allow", "agent maxQuantity allow", "key allowedItems allow",
                    "key approval.rules[0] ask",
                ])
            #expect(decision.outcome == .deny && decision.trace.allSatisfy { !$0.message.isEmpty })
        }
    }

    @Test("Denied is worse than asked, asked is worse than allowed, at whichever layer")
    func worst() throws {
        let (allow, ask, deny): (JSONValue, JSONValue, JSONValue) = (
            ["maxQuantity": 5], ["approvalRules": [[:]]], ["frozen": true]
        )
        let subjects: [PolicyVersion.Subject] = [.account, .agent("shopper"), .key(Mira.key)]
        let documents: [(JSONValue, PolicyTrace.Outcome)] = [(allow, .allow), (ask, .ask), (deny, .deny)]
        for one in documents {
            for two in documents {
                for three in documents {
                    let layers = try zip(subjects, [one, two, three]).map { try Mira.layer($1.0, for: $0) }
                    let decision = try PolicyJudge.judge(Mira.wish(), under: layers, on: Past())
                    #expect(decision.outcome == max(one.1, two.1, three.1))
                }
            }
        }
    }

    @Test("What cannot be judged is denied, and the other rules are heard all the same")
    func engine() throws {
        var layer = try Mira.layer([
            "approvalRules": [[:]], "constraints": [["jsonPath": "$.a", "max": 1]], "maxQuantity": 1,
        ])
        layer.policy.constraints[0].path = "nonsense"
        let decision = try PolicyJudge.judge(Mira.wish(), under: [layer], on: Past())
        #expect(
            decision.lines == [
                "platform bounds allow", "account engine deny", "account maxQuantity allow",
                "account approval.rules[0] ask",
            ])
        let past = Past()
        past.purchases = [.init(category: "domains", amount: Money(micros: -5), at: Mira.noon)]
        let policy: JSONValue = ["spendLimits": [["interval": "daily", "amountMinor": 5000]]]
        #expect(try Mira.judge(policy, Mira.wish(), past).lines.last == "account engine deny")
    }

    @Test("What the store itself cannot answer is no judgement")
    func storage() throws {
        let past = Past()
        past.failure = Refusal(.unavailable, "The disk is full.")
        let policies: [JSONValue] = [
            ["spendLimits": [["interval": "daily", "amountMinor": 5000]]],
            ["maxPurchases": [["interval": "daily", "count": 5]]], ["maxActiveServices": ["count": 1]],
            ["approvalRules": [["firstOfCategory": true]]],
        ]
        for policy in policies {
            #expect(throws: Refusal(.unavailable, "The disk is full.")) { try Mira.judge(policy, Mira.wish(), past) }
        }
        #expect(try Mira.judge(["frozen": true], Mira.wish(), past).outcome == .deny)
    }

    @Test("A subject's text names it, and nothing else does")
    func subjects() {
        for subject in [PolicyVersion.Subject.account, .agent("a:b"), .key(Mira.key)] {
            #expect(PolicyVersion.Subject(text: subject.text) == subject)
        }
        for text in ["", "accounts", "account:x", "agent", "agent:", "key:", "key:nobody", "other:x"] {
            #expect(PolicyVersion.Subject(text: text) == nil, "\(text)")
        }
    }
}
