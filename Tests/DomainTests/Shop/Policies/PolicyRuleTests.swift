import Domain
import Ledger
import Testing

@Suite("Each rule of a policy says what it is there for")
struct PolicyRuleTests {
    /// A policy, a wish, and what comes of them, with the line that decides.
    private struct Case {
        var policy: JSONValue
        var wish: PolicyWish
        var outcome: PolicyTrace.Outcome
        var rule: String?

        init(_ policy: JSONValue, _ wish: PolicyWish, _ outcome: PolicyTrace.Outcome, by rule: String?) {
            self.policy = policy
            self.wish = wish
            self.outcome = outcome
            self.rule = rule
        }
    }

    private func check(_ cases: [Case], _ past: Past = Past(), _ place: SourceLocation = #_sourceLocation) throws {
        for one in cases {
            let decision = try Mira.judge(one.policy, one.wish, past)
            #expect(decision.outcome == one.outcome, "\(one.policy) \(decision.lines)", sourceLocation: place)
            if let rule = one.rule {
                let line = "account \(rule) \(one.outcome.rawValue)"
                #expect(decision.lines.contains(line), "\(one.policy) \(decision.lines)", sourceLocation: place)
            } else {
                #expect(decision.lines == ["platform bounds allow"], "\(one.policy)", sourceLocation: place)
            }
        }
    }

    @Test("Without a policy everything is allowed, within what is sold at once")
    func noPolicy() throws {
        for layers in [[], [try Mira.layer([:]), try Mira.layer([:], for: .key(Mira.key))]] {
            let decision = try PolicyJudge.judge(Mira.wish(), under: layers, on: Past())
            #expect(decision.lines == ["platform bounds allow"] && decision.draws == [])
            #expect(decision.outcome == .allow && decision.approvalMinutes == 24 * 60)
        }
        let wishes: [(PolicyWish, [String])] = [
            (Mira.wish(pieces: 100), ["platform bounds allow"]), (Mira.wish(pieces: 0), ["platform quantity deny"]),
            (Mira.wish(pieces: 101), ["platform quantity deny"]), (Mira.wish(cents: 0), ["platform total deny"]),
            (Mira.wish(cents: -5), ["platform total deny"]),
            (Mira.wish(cents: 100_000_000), ["platform bounds allow"]),
            (Mira.wish(cents: 100_000_001), ["platform total deny"]),
            (Mira.wish(cents: 0, pieces: 0), ["platform quantity deny", "platform total deny"]),
        ]
        for (wish, lines) in wishes {
            #expect(try PolicyJudge.judge(wish, under: [], on: Past()).lines == lines)
        }
    }

    @Test("A policy is frozen, begins and ends")
    func times() throws {
        let (start, end): (JSONValue, JSONValue) = ("2026-03-11T12:00:00Z", "2026-03-11T12:00:01Z")
        let (before, last) = (Mira.noon.adding(milliseconds: -1), Mira.noon.adding(milliseconds: 999))
        try check([
            Case(["frozen": true], Mira.wish(), .deny, by: "frozen"),
            Case(["frozen": false], Mira.wish(), .allow, by: nil),
            Case(["validFrom": start], Mira.wish(at: before), .deny, by: "validFrom"),
            Case(["validFrom": start], Mira.wish(), .allow, by: "validFrom"),
            Case(["expiresAt": end], Mira.wish(at: last), .allow, by: "expiresAt"),
            Case(["expiresAt": end], Mira.wish(at: Mira.noon.adding(seconds: 1)), .deny, by: "expiresAt"),
        ])
    }

    @Test("Categories and items are allowed or blocked, and a list of what is allowed denies all else")
    func lists() throws {
        try check([
            Case(["allowedCategories": ["domains"]], Mira.wish(), .allow, by: "allowedCategories"),
            Case(["allowedCategories": ["domains"]], Mira.wish(Mira.server), .deny, by: "allowedCategories"),
            Case(["allowedCategories": []], Mira.wish(), .deny, by: "allowedCategories"),
            Case(["blockedCategories": ["domains"]], Mira.wish(), .deny, by: "blockedCategories"),
            Case(["blockedCategories": ["domains"]], Mira.wish(Mira.server), .allow, by: nil),
            Case(["allowedItems": ["cat_domain_com"]], Mira.wish(), .allow, by: "allowedItems"),
            Case(["allowedItems": ["domain-com-registration"]], Mira.wish(), .allow, by: "allowedItems"),
            Case(["allowedItems": ["cat_domain_com"]], Mira.wish(Mira.server), .deny, by: "allowedItems"),
            Case(["blockedItems": ["vps-micro-monthly"]], Mira.wish(Mira.server), .deny, by: "blockedItems"),
            Case(
                ["allowedCategories": ["domains"], "blockedItems": ["cat_domain_com"]], Mira.wish(), .deny,
                by: "blockedItems"),
            Case(
                ["allowedCategories": ["compute"], "allowedItems": ["cat_domain_com"]], Mira.wish(), .deny,
                by: "allowedCategories"),
        ])
    }

    @Test("A purchase has a largest price, a largest number and a largest price that comes again")
    func sizes() throws {
        try check([
            Case(["maxPerPurchaseMinor": 1499], Mira.wish(), .allow, by: "maxPerPurchaseMinor"),
            Case(["maxPerPurchaseMinor": 1498], Mira.wish(), .deny, by: "maxPerPurchaseMinor"),
            Case(["maxQuantity": 2], Mira.wish(pieces: 2), .allow, by: "maxQuantity"),
            Case(["maxQuantity": 2], Mira.wish(pieces: 3), .deny, by: "maxQuantity"),
            Case(Self.limit("per_purchase", 1499), Mira.wish(), .allow, by: "spendLimits[0]"),
            Case(Self.limit("per_purchase", 1498), Mira.wish(), .deny, by: "spendLimits[0]"),
            Case(Self.limit("per_purchase", 1, ["compute"]), Mira.wish(), .allow, by: nil),
            Case(["recurring": ["allowed": false]], Mira.wish(), .allow, by: nil),
            Case(["recurring": ["allowed": false]], Mira.wish(recurringCents: 5), .deny, by: "recurring.allowed"),
            Case(["recurring": ["allowed": true]], Mira.wish(recurringCents: 5), .allow, by: "recurring.allowed"),
            Case(
                ["recurring": ["maxPeriodMinor": 5]], Mira.wish(recurringCents: 5), .allow,
                by: "recurring.maxPeriodMinor"),
            Case(
                ["recurring": ["maxPeriodMinor": 4]], Mira.wish(recurringCents: 5), .deny,
                by: "recurring.maxPeriodMinor"),
        ])
    }

    private static func limit(_ interval: JSONValue, _ cents: Int64, _ categories: [JSONValue]? = nil) -> JSONValue {
        let list: JSONValue = categories.map { .array($0) } ?? .null
        return ["spendLimits": [["interval": interval, "amountMinor": .integer(cents), "categories": list]]]
    }

    @Test("There are only so many services of a type at once")
    func services() throws {
        let past = Past()
        past.services = ["server", "domain"]
        let rule = "maxActiveServices[0]"
        try check(
            [
                Case(["maxActiveServices": ["type": "server", "count": 1]], Mira.wish(Mira.server), .deny, by: rule),
                Case(["maxActiveServices": ["type": "server", "count": 2]], Mira.wish(Mira.server), .allow, by: rule),
                Case(["maxActiveServices": ["type": "server", "count": 0]], Mira.wish(), .allow, by: nil),
                Case(["maxActiveServices": ["count": 2]], Mira.wish(), .deny, by: rule),
                Case(["maxActiveServices": ["count": 3]], Mira.wish(), .allow, by: rule),
            ], past)
        var renewal = Mira.wish(Mira.server)
        renewal.action = "service_renew"
        try check([Case(["maxActiveServices": ["count": 0]], renewal, .allow, by: nil)], past)
    }

    @Test("A rule for asking asks only where all of its conditions are so")
    func approvals() throws {
        let (morning, night) = (Mira.moment("2026-03-11T08:00:00Z"), Mira.moment("2026-03-11T22:59:59Z"))
        let office: JSONValue = ["outsideHours": ["from": 8, "to": 18]]
        let late: JSONValue = ["outsideHours": ["from": 22, "to": 6]]
        try check([
            Case(["approvalRules": [[:]]], Mira.wish(), .ask, by: "approval.rules[0]"),
            Case(["approvalRules": [["id": "big", "aboveMinor": 1498]]], Mira.wish(), .ask, by: "big"),
            Case(["approvalRules": [["aboveMinor": 1499]]], Mira.wish(), .allow, by: nil),
            Case(["approvalRules": [["categories": ["domains"]]]], Mira.wish(), .ask, by: "approval.rules[0]"),
            Case(["approvalRules": [["categories": ["compute"]]]], Mira.wish(), .allow, by: nil),
            Case(["approvalRules": [["categories": ["domains"], "aboveMinor": 5000]]], Mira.wish(), .allow, by: nil),
            Case(["approvalRules": [["recurring": true]]], Mira.wish(), .allow, by: nil),
            Case(
                ["approvalRules": [["recurring": true]]], Mira.wish(recurringCents: 5), .ask, by: "approval.rules[0]"),
            Case(["approvalRules": [["destructiveAction": true]]], Mira.wish(), .allow, by: nil),
            Case(["approvalRules": [office]], Mira.wish(at: morning), .allow, by: nil),
            Case(
                ["approvalRules": [office]], Mira.wish(at: morning.adding(milliseconds: -1)), .ask,
                by: "approval.rules[0]"),
            Case(["approvalRules": [office]], Mira.wish(at: night), .ask, by: "approval.rules[0]"),
            Case(["approvalRules": [late]], Mira.wish(at: night), .allow, by: nil),
            Case(["approvalRules": [late]], Mira.wish(), .ask, by: "approval.rules[0]"),
            Case(["approvalRules": [[:]], "frozen": true], Mira.wish(), .deny, by: "frozen"),
            Case(["approvalRules": [["aboveMinor": 5000], [:]]], Mira.wish(), .ask, by: "approval.rules[1]"),
        ])
        var agreed = Mira.wish()
        agreed.isAgreedTo = true
        try check([
            Case(["approvalRules": [[:]]], agreed, .allow, by: "approval.rules[0]"),
            Case(["approvalRules": [[:]], "maxPerPurchaseMinor": 5], agreed, .deny, by: "maxPerPurchaseMinor"),
        ])
    }

    @Test("The first purchase of a category is asked for, the next is not")
    func firstOfCategory() throws {
        let past = Past()
        let first: JSONValue = ["approvalRules": [["firstOfCategory": true]]]
        try check([Case(first, Mira.wish(), .ask, by: "approval.rules[0]")], past)
        past.take(try Mira.judge(first), Mira.wish())
        try check([Case(first, Mira.wish(), .allow, by: nil)], past)
        try check([Case(first, Mira.wish(Mira.server), .ask, by: "approval.rules[0]")], past)
    }

    @Test("A person has as long to agree as the strictest layer says")
    func approvalTimes() throws {
        let layers = [
            try Mira.layer(["approvalTtlMinutes": 600, "duplicateWindowMinutes": 5]),
            try Mira.layer(["approvalTtlMinutes": 30], for: .agent("shopper")),
            try Mira.layer(["duplicateWindowMinutes": 60], for: .key(Mira.key)),
        ]
        #expect(try PolicyJudge.judge(Mira.wish(), under: layers, on: Past()).approvalMinutes == 30)
        #expect(layers.duplicateWindowMinutes == 60 && [PolicyLayer]().duplicateWindowMinutes == 0)
    }

    @Test("Requests come from the addresses that an owner names, and from nowhere unknown")
    func addresses() throws {
        let office: JSONValue = ["network": ["sourceCidrs": ["203.0.113.0/24", "2001:db8::/32"]]]
        let rule = "network.sourceCidrs"
        try check([
            Case(office, Mira.wish(from: "203.0.113.255"), .allow, by: rule),
            Case(office, Mira.wish(from: "203.0.114.0"), .deny, by: rule),
            Case(office, Mira.wish(from: "2001:db8:ffff::1"), .allow, by: rule),
            Case(office, Mira.wish(from: "2001:db9::1"), .deny, by: rule),
            Case(office, Mira.wish(from: "::ffff:203.0.113.7"), .allow, by: rule),
            Case(office, Mira.wish(from: nil), .deny, by: rule),
            Case(office, Mira.wish(from: "office"), .deny, by: rule),
            Case(["network": ["sourceCidrs": ["0.0.0.0/0"]]], Mira.wish(from: "::1"), .deny, by: rule),
            Case(["network": ["sourceCidrs": []]], Mira.wish(from: "203.0.113.1"), .deny, by: rule),
            Case(["network": ["sourceCidrs": ["192.0.2.7"]]], Mira.wish(from: "192.0.2.7"), .allow, by: rule),
        ])
        var own = Mira.wish()
        own.isWithoutAddress = true
        try check([Case(office, own, .allow, by: nil)])
    }

    @Test("An action that costs nothing is judged by what it is, not by what it costs")
    func actions() throws {
        var action = Mira.wish(Mira.server, cents: 0, configured: ["region": "eu"], from: "192.0.2.1")
        (action.action, action.isDestructive) = ("server_reinstall", true)
        var gentle = action
        (gentle.action, gentle.isDestructive) = ("server_restart", false)
        let costly: JSONValue = [
            "maxPerPurchaseMinor": 0, "maxActiveServices": ["count": 0],
            "maxPurchases": [["interval": "daily", "count": 0]],
            "spendLimits": [["interval": "daily", "amountMinor": 0]], "recurring": ["allowed": false],
        ]
        let destructive: JSONValue = ["approvalRules": [["destructiveAction": true]]]
        try check([
            Case(costly, action, .allow, by: nil), Case(["frozen": true], action, .deny, by: "frozen"),
            Case(["blockedCategories": ["compute"]], action, .deny, by: "blockedCategories"),
            Case(["allowedItems": ["cat_domain_com"]], action, .deny, by: "allowedItems"),
            Case(["network": ["sourceCidrs": ["10.0.0.0/8"]]], action, .deny, by: "network.sourceCidrs"),
            Case(Self.inRegion("us"), action, .deny, by: "constraints[0]"),
            Case(Self.inRegion("eu"), action, .allow, by: "constraints[0]"),
            Case(["approvalRules": [[:]]], action, .allow, by: nil), Case(destructive, gentle, .allow, by: nil),
            Case(["frozen": true], gentle, .deny, by: "frozen"),
            Case(["network": ["sourceCidrs": ["10.0.0.0/8"]]], gentle, .deny, by: "network.sourceCidrs"),
            Case(["blockedCategories": ["compute"]], gentle, .allow, by: nil),
            Case(destructive, action, .ask, by: "approval.rules[0]"),
            Case(
                ["approvalRules": [["destructiveAction": true, "categories": ["domains"]]]], action, .allow, by: nil),
        ])
    }

    private static func inRegion(_ region: String) -> JSONValue {
        ["constraints": [["jsonPath": "$.region", "in": [.string(region)]]]]
    }
}
