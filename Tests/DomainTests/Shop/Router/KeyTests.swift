import Ledger
import TestKit
import Testing

@testable import Domain

@Suite("Keys of the router")
struct RouterKeyTests {
    private func idempotency(_ key: String) -> IdempotencyKey {
        IdempotencyKey(path: "/router/keys", key: key, request: [1, 2, 3])
    }

    @Test("A key is recognised by its letters, which are told once")
    func recognise() async throws {
        let toll = try await Tollhouse()
        let wish = RouterKeys.Wish(service: toll.service, name: "production")
        let made = try await toll.keys.create(wish, for: toll.shopper, key: idempotency("one"))
        let letters = try #require(made.letters)
        #expect(letters.hasPrefix("ark_"))
        #expect(try await toll.keys.recognise(letters)?.id == made.key.id)
        #expect(try await toll.keys.recognise(letters + "x") == nil)
        #expect(try await toll.keys.recognise("ask_live_abc.def") == nil)
        let again = try await toll.keys.create(wish, for: toll.shopper, key: idempotency("one"))
        #expect(again.isRepeated && again.letters == nil && again.key.id == made.key.id)
        #expect(try await toll.keys.list(service: toll.service, for: toll.shopper).keys.count == 1)
    }

    @Test("After a rotation both letters are honoured for a while, then only the new ones")
    func rotate() async throws {
        let toll = try await Tollhouse()
        let wish = RouterKeys.Wish(service: toll.service, name: "production")
        let old = try #require(try await toll.keys.create(wish, for: toll.shopper, key: nil).letters)
        let id = try #require(try await toll.keys.recognise(old)?.id)
        let new = try #require(try await toll.keys.rotate(id, for: toll.shopper).letters)
        #expect(try await toll.keys.recognise(old)?.id == id)
        #expect(try await toll.keys.recognise(new)?.id == id)
        toll.scene.clock.advance(by: .seconds(RouterKeys.overlapSeconds))
        #expect(try await toll.keys.recognise(old) == nil)
        #expect(try await toll.keys.recognise(new)?.id == id)
        let newest = try await toll.keys.rotate(id, overlapSeconds: 0, for: toll.shopper).letters
        #expect(try await toll.keys.recognise(new) == nil)
        #expect(try await toll.keys.recognise(try #require(newest)) != nil)
    }

    @Test("A key that was revoked, has expired or is disabled says which")
    func unusable() async throws {
        let toll = try await Tollhouse()
        var wish = RouterKeys.Wish(service: toll.service, name: "production")
        wish.expiresAt = toll.scene.clock.now.adding(seconds: 60)
        let made = try await toll.keys.create(wish, for: toll.shopper, key: nil)
        let letters = try #require(made.letters)
        var changes = RouterKeys.Changes()
        changes.isDisabled = true
        _ = try await toll.keys.update(made.key.id, changes, for: toll.shopper)
        await #expect { try await toll.keys.recognise(letters) } throws: { ($0 as? Refusal)?.code == "key_disabled" }
        changes.isDisabled = false
        _ = try await toll.keys.update(made.key.id, changes, for: toll.shopper)
        toll.scene.clock.advance(by: .seconds(60))
        await #expect { try await toll.keys.recognise(letters) } throws: { ($0 as? Refusal)?.code == "key_expired" }
        _ = try await toll.keys.revoke(made.key.id, for: toll.shopper)
        await #expect { try await toll.keys.recognise(letters) } throws: { ($0 as? Refusal)?.code == "key_revoked" }
        await #expect { try await toll.keys.rotate(made.key.id, for: toll.shopper) } throws: {
            ($0 as? Refusal)?.reason == .conflict
        }
    }

    @Test("Nobody makes keys for another's router, or for play where the router is real")
    func strangers() async throws {
        let toll = try await Tollhouse()
        var strangers = [toll.shopper, toll.shopper]
        strangers[0].account = toll.scene.boris.account
        strangers[1].isTest = true
        for stranger in strangers {
            let wish = RouterKeys.Wish(service: toll.service, name: "production")
            await #expect { try await toll.keys.create(wish, for: stranger, key: nil) } throws: {
                ($0 as? Refusal)?.reason == .notFound
            }
        }
    }

    @Test("A policy narrows what is not asked for, and refuses what is asked for beyond it")
    func policies() async throws {
        var rule = Policy.RouterRule()
        rule.maxKeyLimit = Money(micros: 5_000_000)
        rule.allowedModels = ["house/first", "house/second"]
        rule.requestsPerMinute = 30
        rule.maxTokens = 40
        let rules = rule
        let toll = try await Tollhouse(rules: { _, _ in [rules] })
        let key = try await toll.key()
        #expect(key.limit == rule.maxKeyLimit && key.allowedModels == rule.allowedModels)
        #expect(key.requestsPerMinute == 30 && key.maxTokens == 40)
        let narrower = try await toll.key { wish in
            wish.limit = Money(micros: 1_000_000)
            wish.allowedModels = ["house/second"]
        }
        #expect(narrower.limit?.micros == 1_000_000 && narrower.allowedModels == ["house/second"])
        let wishes: [@Sendable (inout RouterKeys.Wish) -> Void] = [
            { $0.limit = Money(micros: 6_000_000) }, { $0.allowedModels = ["house/third"] },
            { $0.requestsPerMinute = 31 },
        ]
        for change in wishes {
            await #expect { try await toll.key(change) } throws: { ($0 as? Refusal)?.code == "policy_denied" }
        }
    }

    @Test("The time of a limit is a calendar period in UTC, and a week begins on Monday", arguments: [
        // The clock of the tests: Saturday, 14 March 2026.
        (RouterKey.Reset.daily, "day-2026-03-14", "2026-03-15T00:00:00.000Z"),
        (.weekly, "week-2026-03-09", "2026-03-16T00:00:00.000Z"),
        (.monthly, "month-2026-03-01", "2026-04-01T00:00:00.000Z"),
    ] as [(RouterKey.Reset, String, String)])
    func windows(_ reset: RouterKey.Reset, _ name: String, _ end: String) {
        let window = RouterWindow(reset, at: SetClock().now)
        #expect(window.name == name && window.end?.iso8601 == end)
        #expect(RouterWindow(nil, at: SetClock().now) == RouterWindow(name: "all"))
    }
}
