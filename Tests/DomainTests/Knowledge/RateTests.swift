import Domain
import TestKit
import Testing

/// Requests are held to their rates.
@Suite struct RateTests {
    private static let start: Int64 = 1_773_484_200_000
    private static let rules = [
        RateRule(requests: 1, seconds: 1), RateRule(requests: 5, seconds: 1), RateRule(requests: 3, seconds: 10),
        RateRule(requests: 20, seconds: 60), RateRule(requests: 100, seconds: 60),
        RateRule(requests: 7, seconds: 3600),
        RateRule(requests: 100, seconds: 86_400),
    ]

    /// How long a request counts at most: sixty slots, of which fifty-nine cover the time.
    private static func longest(_ rule: RateRule) -> Int64 { 60 * ((Int64(rule.seconds) * 1000 + 58) / 59) }

    @Test(arguments: rules, 0..<8) func howeverTheyAreSpreadThereAreNeverMore(rule: RateRule, seed: Int) {
        var dice = TermsFuzzTests.Dice(state: UInt64(seed * 1000 + rule.requests))
        var (window, now, passed) = (RateWindow(), Self.start, [Int64]())
        let step = Int64(rule.seconds) * 1000 / Int64(rule.requests)
        for _ in 0..<1500 {
            // In bursts, evenly, and with long rests.
            switch Int.random(in: 0..<10, using: &dice) {
            case 0..<5: now += Int64.random(in: 0...max(step / 4, 1), using: &dice)
            case 5..<9: now += Int64.random(in: 0...2 * step, using: &dice)
            default: now += Int64.random(in: 0...Int64(rule.seconds) * 2000, using: &dice)
            }
            let standing = window.standing(rule, at: Timestamp(milliseconds: now))
            let (least, most) = (
                passed.count { $0 > now - Int64(rule.seconds) * 1000 }, passed.count { $0 > now - Self.longest(rule) }
            )
            #expect(standing.remaining <= rule.requests - least && standing.remaining >= rule.requests - most)
            #expect(standing.isRefused == (standing.remaining == 0))
            if standing.isRefused { continue }
            window.count()
            passed.append(now)
            #expect(least + 1 <= rule.requests)
        }
        #expect(passed.count > 300 / rule.requests)
    }

    @Test(arguments: rules, 0..<4) func whoWaitsAsLongAsToldPasses(rule: RateRule, seed: Int) {
        var dice = TermsFuzzTests.Dice(state: UInt64(seed * 7 + rule.seconds))
        var (window, now) = (RateWindow(), Self.start)
        for _ in 0..<300 {
            now += Int64.random(in: 0...Int64(rule.seconds) * 1500 / Int64(rule.requests), using: &dice)
            let standing = window.standing(rule, at: Timestamp(milliseconds: now))
            if !standing.isRefused {
                window.count()
                continue
            }
            #expect(standing.resetSeconds >= 1)
            var (sooner, later) = (window, window)
            let wait = Int64(standing.resetSeconds) * 1000
            // Nobody is told more than the time of the rule; then there may be a slot still to wait for.
            let then = later.standing(rule, at: Timestamp(milliseconds: now + wait))
            #expect(!then.isRefused || standing.resetSeconds == rule.seconds && then.resetSeconds <= 2)
            #expect(wait == 1000 || sooner.standing(rule, at: Timestamp(milliseconds: now + wait - 1000)).isRefused)
        }
    }

    @Test func untilAllMayComeAgainIsToldToWhoeverPasses() {
        let rule = RateRule(requests: 10, seconds: 60)
        var window = RateWindow()
        #expect(window.standing(rule, at: Timestamp(milliseconds: Self.start)).resetSeconds == 0)
        for _ in 0..<4 { window.count() }
        let standing = window.standing(rule, at: Timestamp(milliseconds: Self.start + 20_000))
        #expect(standing.remaining == 6 && !standing.isRefused && (39...43).contains(standing.resetSeconds))
        let rested = Self.start + 20_000 + Int64(standing.resetSeconds) * 1000
        #expect(window.standing(rule, at: Timestamp(milliseconds: rested)).remaining == 10)
    }

    @Test func aClockThatGoesBackForgivesNothing() {
        let rule = RateRule(requests: 3, seconds: 60)
        var window = RateWindow()
        _ = window.standing(rule, at: Timestamp(milliseconds: Self.start))
        for _ in 0..<3 { window.count() }
        for back in [1, 1000, 59_000, 61_000, 3_600_000] as [Int64] {
            let now = Self.start - back
            let standing = window.standing(rule, at: Timestamp(milliseconds: now))
            #expect(standing.isRefused && standing.remaining == 0)
            #expect(standing.resetSeconds == 60)
            var later = window
            #expect(!later.standing(rule, at: Timestamp(milliseconds: Self.start + 62_000)).isRefused)
        }
    }

    @Test func aWindowComesBackFromItsBytesAndGarbageIsAnEmptyOne() {
        let rule = RateRule(requests: 3, seconds: 60)
        var window = RateWindow()
        _ = window.standing(rule, at: Timestamp(milliseconds: Self.start))
        window.count()
        #expect(RateWindow(bytes: window.bytes) == window && window != RateWindow())
        for garbage in [[], [1, 2, 3], window.bytes + [0], Array(window.bytes.dropLast())] {
            #expect(RateWindow(bytes: garbage) == RateWindow())
        }
    }

    @Test func aRefusedRequestIsCountedUnderNoName() async throws {
        let scene = try await Scene()
        let rates = Rates(store: scene.gate, world: scene.clock.world)
        let wide = Rates.Claim("account", RateRule(requests: 10, seconds: 60))
        let narrow = Rates.Claim("agent", RateRule(requests: 2, seconds: 60))
        func take(_ claims: Rates.Claim...) async throws -> RateWindow.Standing {
            try #require(try await rates.take(claims))
        }
        #expect(try await take(wide, narrow).remaining == 1, "the least is told")
        #expect(try await take(narrow, wide).remaining == 0)
        for _ in 0..<5 {
            let refused = try await take(wide, narrow)
            #expect(refused.isRefused && refused.rule == narrow.rule && refused.resetSeconds > 0)
        }
        #expect(try await take(wide).remaining == 7, "two were counted before it")
        scene.clock.advance(by: .seconds(62))
        let again = try await take(wide, narrow)
        #expect(!again.isRefused && again.remaining == 1)
    }

    @Test func ofSeveralThatRefuseTheLongestWaitIsTold() async throws {
        let scene = try await Scene()
        let rates = Rates(store: scene.gate, world: scene.clock.world)
        let minute = Rates.Claim("a", RateRule(requests: 1, seconds: 60))
        let day = Rates.Claim("b", RateRule(requests: 1, seconds: 86_400))
        _ = try await rates.take([minute, day])
        let standing = try #require(try await rates.take([minute, day]))
        #expect(standing.isRefused && standing.rule == day.rule && standing.resetSeconds > 86_000)
        // A slot of the day may still have to pass.
        scene.clock.advance(by: .seconds(standing.resetSeconds + 3000))
        #expect(try await rates.take([minute, day])?.isRefused == false)
    }

    @Test func whereNothingIsToBeCountedNothingIsToldOf() async throws {
        let scene = try await Scene()
        let rates = Rates(store: scene.gate, world: scene.clock.world)
        #expect(try await rates.take([]) == nil)
        let claims = DialectRates(account: 9, client: 0, agent: 3).claims(in: "rooms", scene.ana, agent: "helper")
        #expect(claims.map(\.rule) == [RateRule(requests: 9, seconds: 60), RateRule(requests: 3, seconds: 60)])
        #expect(Set(claims.map(\.name)).count == 2)
        #expect(DialectRates().claims(in: "rooms", scene.ana, agent: "helper").isEmpty)
        let others = DialectRates(account: 9, client: 9, agent: 9).claims(in: "rooms", scene.boris, agent: "helper")
        #expect(Set(others.map(\.name)).isDisjoint(with: claims.map(\.name)))
    }

    @Test func whatIsPastItsTimeIsForgotten() async throws {
        let scene = try await Scene()
        let rates = Rates(store: scene.gate, world: scene.clock.world)
        let rule = RateRule(requests: 2, seconds: 60)
        _ = try await rates.take([Rates.Claim("a", rule)])
        try await scene.housekeeping(on: scene.gate).clean()
        #expect(try await rates.take([Rates.Claim("a", rule)])?.remaining == 0)
        scene.clock.advance(by: .seconds(121))
        try await scene.housekeeping(on: scene.gate).clean()
        #expect(try await scene.gate.write { try $0.rateWindow(named: "a") } == nil)
    }
}
