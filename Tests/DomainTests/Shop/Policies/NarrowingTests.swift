import Domain
import Foundation
import Ledger
import Testing

@Suite("A rule more, at any layer, only narrows")
struct NarrowingTests {
    private typealias Dice = TermsFuzzTests.Dice

    /// Rules as an owner may write them, by where they stand in the document.
    private static let rules: [(name: String, values: [JSONValue])] = [
        ("frozen", [true, false]), ("validFrom", ["2026-03-11T11:00:00Z", "2026-03-11T13:00:00Z"]),
        ("expiresAt", ["2026-03-11T18:00:00Z", "2026-03-12T00:00:00Z", "2027-01-01T00:00:00Z"]),
        ("allowedCategories", [["domains"], ["domains", "compute"], [], ["api_tokens", "compute"]]),
        ("blockedCategories", [["domains"], ["compute"], []]),
        ("allowedItems", [["cat_domain_com"], ["vps-micro-monthly", "cat_domain_com"], ["none"]]),
        ("blockedItems", [["cat_vps_micro"], ["cat_domain_com"]]), ("maxPerPurchaseMinor", [500, 2000, 10_000]),
        ("maxQuantity", [1, 2, 50]), ("scopes", [["catalog:read"], []]),
        ("maxActiveServices", [["count": 3], [["type": "server", "count": 1], ["type": "domain", "count": 2]]]),
        ("recurring", [["allowed": false], ["allowed": true], ["maxPeriodMinor": 900]]),
        ("network", [["sourceCidrs": ["192.0.2.0/24"]], ["sourceCidrs": ["0.0.0.0/0", "::/0"]]]),
        ("router", [["rpm": 5, "maxKeyLimitUsd": 10], ["allowedModels": ["sim/echo"]]]),
        ("approvalTtlMinutes", [5, 5000]), ("duplicateWindowMinutes", [0, 60]),
    ]

    /// Rules of which there may be several; none that limits the same as another.
    private static let several: [(name: String, values: [JSONValue])] = [
        (
            "spendLimits",
            [
                ["interval": "per_purchase", "amountMinor": 1500], ["interval": "hourly", "amountMinor": 2500],
                ["interval": "daily", "amountMinor": 5000], ["interval": "weekly", "amountMinor": 6000],
                ["interval": "monthly", "amountMinor": 9000, "categories": ["domains"]],
                ["interval": "monthly", "amountMinor": 7000, "categories": ["domains", "compute"]],
                ["interval": "yearly", "amountMinor": 20_000], ["interval": "all_time", "amountMinor": 0],
                ["interval": "all_time", "amountMinor": 15_000, "categories": ["compute"]],
            ]
        ),
        (
            "maxPurchases",
            [
                ["interval": "hourly", "count": 2], ["interval": "daily", "count": 4],
                ["interval": "all_time", "count": 9],
            ]
        ),
        (
            "approvalRules",
            [
                [:], ["aboveMinor": 1000], ["categories": ["compute"]], ["firstOfCategory": true], ["recurring": true],
                ["destructiveAction": true], ["outsideHours": ["from": 8, "to": 12]],
            ]
        ),
        (
            "constraints",
            [
                ["jsonPath": "$.region", "in": ["eu"]], ["jsonPath": "$.periodYears", "max": 1],
                ["jsonPath": "$.name", "pattern": "[a-z]+"], ["jsonPath": "$.name", "equals": "launchpad"],
                ["jsonPath": "$.region", "in": ["us"], "categories": ["compute"]],
            ]
        ),
    ]

    /// Adds one rule that the document does not have; false where it has what was drawn.
    private static func add(to document: inout [String: JSONValue], _ dice: inout Dice) -> Bool {
        if Bool.random(using: &dice), let rule = rules.randomElement(using: &dice) {
            guard document[rule.name] == nil, let value = rule.values.randomElement(using: &dice) else { return false }
            document[rule.name] = value
            return true
        }
        guard let rule = several.randomElement(using: &dice), let value = rule.values.randomElement(using: &dice)
        else { return false }
        let list = document[rule.name]?.array ?? []
        let limits = { (value: JSONValue) in [value["interval"] ?? .null, value["categories"] ?? .null] }
        let isTwin = value["interval"] != nil && list.contains { limits($0) == limits(value) }
        guard !list.contains(value), !isTwin else { return false }
        // Between others, too: where a rule stands says nothing.
        document[rule.name] = .array(rule.name.hasPrefix("approval") ? [value] + list : list + [value])
        return true
    }

    private static func wish(_ dice: inout Dice) -> PolicyWish {
        let item = [Mira.domain, Mira.server, Mira.credits].randomElement(using: &dice) ?? Mira.domain
        let cents = [1, 499, 1200, 1500, 2600, 8000].randomElement(using: &dice) ?? 1
        let configurations: [JSONValue] = [
            [:], ["region": "eu", "periodYears": 1, "name": "launchpad"], ["region": "us", "periodYears": 2],
            ["name": "UPPER"],
        ]
        var wish = Mira.wish(
            item, cents: Int64(cents), pieces: Int.random(in: 0...9, using: &dice) == 0 ? 3 : 1,
            configured: configurations.randomElement(using: &dice) ?? [:],
            recurringCents: Bool.random(using: &dice) ? Int64(cents) : nil,
            from: ["192.0.2.9", "198.51.100.1", nil].randomElement(using: &dice) ?? nil,
            at: Mira.noon.adding(seconds: Int.random(in: -90_000...90_000, using: &dice)))
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: (wish.action, wish.isDestructive, wish.price.total) = ("server_reinstall", true, .zero)
        case 1: (wish.action, wish.price.total) = ("server_restart", .zero)
        case 2: wish.action = "service_renew"
        default: break
        }
        return wish
    }

    private static let subjects: [PolicyVersion.Subject] = [.account, .agent("shopper"), .key(Mira.key)]

    private static func layers(_ documents: [[String: JSONValue]?], version: UInt64 = 0) throws -> [PolicyLayer] {
        try zip(subjects, documents).enumerated().compactMap { index, pair in
            try pair.1.map { try Mira.layer(.object($0), for: pair.0, version: version + UInt64(index)) }
        }
    }

    /// Two layers or three, and what was bought under them.
    private static func story(_ dice: inout Dice) throws -> (documents: [[String: JSONValue]?], past: Past) {
        let documents: [[String: JSONValue]?] = (0..<3).map { _ in
            guard Int.random(in: 0..<4, using: &dice) > 0 else { return nil }
            var document: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &dice) { _ = add(to: &document, &dice) }
            return document
        }
        let past = Past()
        past.services = Bool.random(using: &dice) ? ["server"] : []
        for _ in 0..<Int.random(in: 0...8, using: &dice) {
            let wish = wish(&dice)
            let decision = try PolicyJudge.judge(wish, under: layers(documents), on: past)
            if decision.outcome != .deny, wish.isPurchase { past.take(decision, wish) }
        }
        return (documents, past)
    }

    @Test("Adding a rule never makes an answer kinder", arguments: 0..<20)
    func addingNarrows(part: UInt64) throws {
        let seed = Seed.value &+ part
        var dice = Dice(state: seed)
        var narrowed = 0
        for _ in 0..<150 {
            var (documents, past) = try Self.story(&dice)
            let place = Int.random(in: 0..<3, using: &dice)
            let before = try Self.layers(documents)
            var document = documents[place] ?? [:]
            while !Self.add(to: &document, &dice) {}
            documents[place] = document
            let after = try Self.layers(documents)
            for _ in 0..<3 {
                let wish = Self.wish(&dice)
                let (one, other) = (
                    try PolicyJudge.judge(wish, under: before, on: past),
                    try PolicyJudge.judge(wish, under: after, on: past)
                )
                #expect(one.outcome <= other.outcome, "seed \(Seed.value) \(documents) \(one.lines) \(other.lines)")
                if one.outcome < other.outcome { narrowed += 1 }
            }
        }
        #expect(narrowed > 10, "seed \(Seed.value)")
    }

    @Test("The same policy in a new version says the same", arguments: 0..<10)
    func newVersion(part: UInt64) throws {
        var dice = Dice(state: Seed.value &+ 1000 &+ part)
        for _ in 0..<100 {
            let (documents, past) = try Self.story(&dice)
            let wish = Self.wish(&dice)
            let old = try PolicyJudge.judge(wish, under: Self.layers(documents), on: past)
            let new = try PolicyJudge.judge(wish, under: Self.layers(documents, version: 50), on: past)
            // A clock that goes back leaves less: later purchases count for a period that is opened before them.
            let isLast = past.purchases.allSatisfy { $0.at <= wish.at }
            #expect(isLast ? old.outcome == new.outcome : true, "seed \(Seed.value) \(old.lines) \(new.lines)")
        }
    }

    @Test("Whatever the clock does, no calendar period has more than its limit", arguments: 0..<20)
    func neverMore(part: UInt64) throws {
        var dice = Dice(state: Seed.value &+ 2000 &+ part)
        let limit: JSONValue = ["interval": "hourly", "amountMinor": 3000]
        let month: JSONValue = ["interval": "monthly", "amountMinor": 9000, "categories": ["domains", "compute"]]
        let layer = try Mira.layer([
            "spendLimits": [limit, month], "maxPurchases": [["interval": "daily", "count": 6]],
        ])
        let past = Past()
        var now = Mira.moment("2026-03-31T20:00:00Z")
        for _ in 0..<200 {
            now = now.adding(seconds: Int.random(in: -1800...4000, using: &dice))
            let cents = Int64.random(in: 1...2000, using: &dice)
            let item = [Mira.domain, Mira.server, Mira.credits].randomElement(using: &dice) ?? Mira.domain
            let wish = Mira.wish(item, cents: cents, at: now)
            let decision = try PolicyJudge.judge(wish, under: [layer], on: past)
            if decision.outcome == .allow { past.take(decision, wish) }
        }
        let hours = Dictionary(grouping: past.purchases) { $0.at.iso8601.prefix(13) }
        let months = Dictionary(grouping: past.purchases.filter { $0.category != "api_tokens" }) {
            $0.at.iso8601.prefix(7)
        }
        let days = Dictionary(grouping: past.purchases) { $0.at.iso8601.prefix(10) }
        #expect(hours.values.allSatisfy { $0.reduce(0) { $0 + $1.amount.minor } <= 3000 }, "seed \(Seed.value)")
        #expect(months.values.allSatisfy { $0.reduce(0) { $0 + $1.amount.minor } <= 9000 }, "seed \(Seed.value)")
        #expect(days.values.allSatisfy { $0.count <= 6 } && past.purchases.count > 10, "seed \(Seed.value)")
    }
}

/// What chance begins with: printed, and set by RIALTO_FUZZ_SEED.
enum Seed {
    static let value: UInt64 = {
        let words = ProcessInfo.processInfo.environment["RIALTO_FUZZ_SEED"]
        let seed = words.flatMap { UInt64($0) } ?? .random(in: 1...0xFFFF_FFFF)
        print("Policies: RIALTO_FUZZ_SEED=\(seed)")
        return seed
    }()
}
