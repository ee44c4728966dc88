import Domain
import Ledger
import Testing

@Suite("What an owner writes is read as it was meant, or refused where it is wrong")
struct PolicyParseTests {
    @Test("Every rule is read")
    func everyRule() throws {
        let policy = try Policy(parsing: [
            "frozen": true, "validFrom": "2026-01-01T00:00:00Z", "expiresAt": "2026-12-31T23:59:59+01:00",
            "allowedCategories": ["domains"], "blockedCategories": ["telephony"], "allowedItems": ["cat_domain_com"],
            "blockedItems": ["cat_vps_gpu_standard"], "scopes": ["catalog:read"], "maxPerPurchaseMinor": 5000,
            "maxQuantity": 3, "approvalTtlMinutes": 30, "duplicateWindowMinutes": 10, "onEngineError": "deny",
            "spendLimits": [
                ["id": "day", "interval": "daily", "amountMinor": 10_000],
                ["interval": "monthly", "amountMinor": 50_000, "categories": ["compute"]],
            ],
            "maxPurchases": [["interval": "hourly", "count": 2]],
            "maxActiveServices": ["type": "server", "count": 1],
            "recurring": ["allowed": true, "maxPeriodMinor": 2400],
            "router": [
                "allowedModels": ["sim/echo"], "maxKeyLimitUsd": "12.50", "rpm": 60, "tpm": 9000, "maxTokens": 512,
            ],
            "network": ["sourceCidrs": ["203.0.113.0/24", "2001:db8::/32"]],
        ])
        #expect(policy.frozen && policy.validFrom == Mira.moment("2026-01-01T00:00:00Z"))
        #expect(policy.expiresAt == Mira.moment("2026-12-31T22:59:59Z"))
        #expect(policy.allowedCategories == ["domains"] && policy.blockedCategories == ["telephony"])
        #expect(policy.allowedItems == ["cat_domain_com"] && policy.blockedItems == ["cat_vps_gpu_standard"])
        #expect(policy.scopes == ["catalog:read"] && policy.maxPerPurchase == Money(minor: 5000))
        #expect(policy.maxQuantity == 3 && policy.approvalTTLMinutes == 30 && policy.duplicateWindowMinutes == 10)
        #expect(policy.spendLimits.map(\.id) == ["day", nil] && policy.spendLimits[1].categories == ["compute"])
        #expect(policy.spendLimits.map(\.amount) == [Money(minor: 10_000), Money(minor: 50_000)])
        #expect(policy.maxPurchases.map(\.interval) == [.hourly] && policy.maxPurchases.map(\.count) == [2])
        #expect(policy.maxActiveServices.map(\.type) == ["server"] && policy.maxActiveServices.map(\.count) == [1])
        #expect(policy.recurringAllowed == true && policy.maxRecurringPerPeriod == Money(minor: 2400))
        #expect(policy.router?.maxKeyLimit == Money(minor: 1250) && policy.router?.requestsPerMinute == 60)
        #expect(policy.router?.tokensPerMinute == 9000 && policy.router?.maxTokens == 512)
        #expect(policy.sourceCIDRs == ["203.0.113.0/24", "2001:db8::/32"])
    }

    @Test("Rules for asking and for configurations have two names each")
    func twoNames() throws {
        let rules: JSONValue = [["aboveMinor": 2000, "outsideHours": ["from": 8, "to": 18]], ["recurring": true]]
        let approvals = try [["approval": ["rules": rules]], ["approvalRules": rules]].map {
            try Policy(parsing: $0).approval
        }
        #expect(approvals[0] == approvals[1] && approvals[0].count == 2 && approvals[0][0].outsideHours?.to == 18)
        let constraint: JSONValue = [["jsonPath": "$.region", "in": ["eu", "us"]]]
        let constraints = try ["constraints", "configuration"].map {
            try Policy(parsing: .object([$0: constraint])).constraints
        }
        #expect(constraints[0] == constraints[1] && constraints[0][0].among == ["eu", "us"])
    }

    @Test("An empty policy says nothing, nor does a member that is null")
    func empty() throws {
        #expect(try Policy(parsing: [:]) == Policy())
        #expect(try Policy(parsing: ["frozen": nil, "allowedItems": nil, "router": nil]) == Policy())
    }

    /// A document with a fault, where it is, and a word of what is said about it.
    private static let faults: [(JSONValue, String, String)] = [
        (["a"], "policy", "object"), (["frozn": true], "frozn", "did you mean frozen?"),
        (["spendLimit": []], "spendLimit", "spendLimits"), (["zzz": 1], "zzz", "allowedCategories"),
        (["frozen": 1], "frozen", "true or false"), (["validFrom": "2026-01-01"], "validFrom", "moment"),
        (["validFrom": "2026-02-29T00:00:00Z"], "validFrom", "moment"),
        (["validFrom": "2026-01-01T00:00:00"], "validFrom", "moment"),
        (["validFrom": "2026-01-02T00:00:00Z", "expiresAt": "2026-01-02T00:00:00Z"], "expiresAt", "later"),
        (["allowedCategories": "domains"], "allowedCategories", "list"),
        (["allowedCategories": ["domains", 1]], "allowedCategories[1]", "text"),
        (["blockedItems": [""]], "blockedItems[0]", "text"),
        (["maxPerPurchaseMinor": -1], "maxPerPurchaseMinor", "cents"),
        (["maxPerPurchaseMinor": .number(1.5)], "maxPerPurchaseMinor", "whole cents"),
        (["maxPerPurchaseMinor": "10"], "maxPerPurchaseMinor", "cents"),
        (["maxPerPurchaseMinor": .integer(.max)], "maxPerPurchaseMinor", "cents"),
        (["maxQuantity": 0], "maxQuantity", "from 1"), (["approvalTtlMinutes": 0], "approvalTtlMinutes", "from 1"),
        (["duplicateWindowMinutes": -5], "duplicateWindowMinutes", "from 0"),
        (["onEngineError": "allow"], "onEngineError", "deny"),
        (["spendLimits": [["interval": "daily"]]], "spendLimits[0].amountMinor", "missing"),
        (["spendLimits": [["amountMinor": 5]]], "spendLimits[0].interval", "missing"),
        (["spendLimits": [["interval": "fortnightly", "amountMinor": 5]]], "spendLimits[0].interval", "weekly"),
        (
            ["spendLimits": [["interval": "daily", "amountMinor": 5, "category": "x"]]], "spendLimits[0].category",
            "categories"
        ),
        (
            ["spendLimits": [["interval": "daily", "amountMinor": 5, "categories": []]]],
            "spendLimits[0].categories", "one"
        ),
        (
            [
                "spendLimits": [
                    ["interval": "daily", "amountMinor": 5, "categories": ["a", "b"]],
                    ["interval": "daily", "amountMinor": 9, "categories": ["b", "a"]],
                ]
            ], "spendLimits[1].interval", "spendLimits[0]"
        ),
        (["maxPurchases": [["interval": "per_purchase", "count": 1]]], "maxPurchases[0].interval", "hourly"),
        (["maxPurchases": [["interval": "daily"]]], "maxPurchases[0].count", "missing"),
        (
            ["maxPurchases": [["interval": "daily", "count": 1], ["interval": "daily", "count": 2]]],
            "maxPurchases[1].interval", "already"
        ),
        (["maxActiveServices": ["type": "server"]], "maxActiveServices.count", "missing"),
        (["maxActiveServices": [["kind": "server", "count": 1]]], "maxActiveServices[0].kind", "type"),
        (["approval": [["aboveMinor": 1]]], "approval", "object"),
        (["approval": ["rules": [["above": 1]]]], "approval.rules[0].above", "aboveMinor"),
        (["approvalRules": [["aboveMinor": "1"]]], "approvalRules[0].aboveMinor", "cents"),
        (["approvalRules": [], "approval": ["rules": []]], "approvalRules", "one of them"),
        (["approvalRules": [["outsideHours": ["from": 8]]]], "approvalRules[0].outsideHours.to", "missing"),
        (["approvalRules": [["outsideHours": ["from": 8, "to": 25]]]], "approvalRules[0].outsideHours.to", "24"),
        (["approvalRules": [["outsideHours": ["from": 8, "to": 8]]]], "approvalRules[0].outsideHours.to", "another"),
        (["constraints": [["in": ["a"]]]], "constraints[0].jsonPath", "missing"),
        (["constraints": [["jsonPath": "region", "in": ["a"]]]], "constraints[0].jsonPath", "$.periodYears"),
        (["constraints": [["jsonPath": "$.region"]]], "constraints[0].jsonPath", "needs"),
        (["constraints": [["jsonPath": "$.a", "min": 3, "max": 2]]], "constraints[0].max", "smaller"),
        (["constraints": [["jsonPath": "$.a", "pattern": "(a"]]], "constraints[0].pattern", "( without its )"),
        (["configuration": [["jsonPath": "$.a", "max": "3"]]], "configuration[0].max", "number"),
        (["constraints": [], "configuration": []], "configuration", "one of them"),
        (["recurring": true], "recurring", "object"), (["recurring": ["allow": true]], "recurring.allow", "allowed"),
        (["router": ["maxKeyLimitUsd": "1.234"]], "router.maxKeyLimitUsd", "two places"),
        (["router": ["rpm": 0]], "router.rpm", "from 1"), (["router": ["models": []]], "router.models", "no member"),
        (["network": ["sourceCidrs": ["10.1.2.3/8"]]], "network.sourceCidrs[0]", "range"),
        (["network": ["cidrs": []]], "network.cidrs", "sourceCidrs"),
    ]

    @Test("A fault says where it is and what would be right", arguments: faults.indices)
    func faultSaysWhere(index: Int) throws {
        let (document, place, word) = Self.faults[index]
        let refusal = #expect(throws: Refusal.self) { try Policy(parsing: document) }
        #expect(refusal?.reason == .invalid && refusal?.field == place)
        #expect(refusal?.message.contains(word) == true, "\(refusal?.message ?? "")")
    }

    @Test("A limit does not become another one where lists are long or oddly named")
    func oddNames() throws {
        let lists: [[String]] = [["a,b"], ["a", "b"], ["a/b"], (0..<60).map { "category-number-\($0)" }]
        let limits = JSONValue.array(
            lists.map {
                ["interval": "daily", "amountMinor": 100, "categories": .array($0.map { .string($0) })]
            })
        let layer = try Mira.layer(["spendLimits": limits])
        let names = try lists.flatMap { list in
            try PolicyJudge.judge(odd(list[0]), under: [layer], on: Past()).draws.map(\.budget.text)
        }
        #expect(names.count == 4 && Set(names).count == 4 && names.allSatisfy { $0.utf8.count < 300 })
    }

    private func odd(_ category: String) -> PolicyWish {
        var wish = Mira.wish(cents: 1)
        wish.item.category = category
        return wish
    }

    @Test("What an owner may not have meant is said")
    func warnings() throws {
        let warnings: [(JSONValue, String?)] = [
            ([:], nil), (["allowedCategories": []], "allowedCategories is empty"),
            (["allowedItems": []], "allowedItems is empty"), (["scopes": []], "scopes is empty"),
            (["network": ["sourceCidrs": []]], "network.sourceCidrs is empty"),
            (["router": ["allowedModels": []]], "router.allowedModels is empty"),
            (["allowedCategories": ["a"], "blockedCategories": ["a"]], "blockedCategories names a"),
            (["allowedItems": ["i"], "blockedItems": ["i"]], "blockedItems names i"),
            (Self.limits(daily: 100, monthly: 50), "spendLimits[0] allows more a day than spendLimits[1] does"),
            (Self.limits(daily: 50, monthly: 100), nil), (Self.limits(daily: 50, monthly: 50), nil),
            (Self.limits(daily: 100, monthly: 50, monthlyFor: ["compute"]), nil),
            (Self.limits(daily: 100, dailyFor: ["compute"], monthly: 50), "spendLimits[0] allows more a day"),
            (
                Self.limits(daily: 100, dailyFor: ["compute"], monthly: 50, monthlyFor: ["compute"]),
                "spendLimits[0] allows more a day"
            ),
            (
                ["maxPerPurchaseMinor": 200, "spendLimits": [["interval": "daily", "amountMinor": 100]]],
                "maxPerPurchaseMinor is more"
            ),
            (
                ["maxPurchases": [["interval": "weekly", "count": 5], ["interval": "daily", "count": 9]]],
                "maxPurchases[1] allows more a day than maxPurchases[0] does a week"
            ),
            (["maxPerPurchaseMinor": 0], "maxPerPurchaseMinor is 0"),
            (["spendLimits": [["interval": "daily", "amountMinor": 0]]], "spendLimits[0].amountMinor is 0"),
            (["approvalRules": [["aboveMinor": 500]], "maxPerPurchaseMinor": 500], "never asks"),
            (["approvalRules": [["recurring": true]], "recurring": ["allowed": false]], "never asks"),
            (["approvalTtlMinutes": 5], "approvalTtlMinutes stands without"),
            (["scopes": ["catalog:red", "router:usage:get"]], "did you mean catalog:read?"),
            (["scopes": ["router:usage:get", "storage:volume:expand", "purchase:write"]], nil),
            (["approvalRules": [["id": "x"], ["id": "x", "recurring": true]]], "Several rules have the id x"),
        ]
        for (document, words) in warnings {
            let said = try Policy(parsing: document).warnings()
            #expect(said.count == (words == nil ? 0 : 1), "\(document) \(said)")
            if let words { #expect(said.first?.contains(words) == true, "\(said)") }
        }
    }

    private static func limits(
        daily: Int64, dailyFor: [String]? = nil, monthly: Int64, monthlyFor: [String]? = nil
    ) -> JSONValue {
        func limit(_ interval: JSONValue, _ amount: Int64, _ categories: [String]?) -> JSONValue {
            [
                "interval": interval, "amountMinor": .integer(amount),
                "categories": categories.map { .array($0.map { .string($0) }) } ?? .null,
            ]
        }
        return ["spendLimits": [limit("daily", daily, dailyFor), limit("monthly", monthly, monthlyFor)]]
    }
}
