import CoreMetrics
import Domain
import TestKit
import Testing

@testable import Surfaces

/// What every door shares.
@Suite struct EntranceTests {
    @Test func formsAreReadInOrderWithRepetitions() throws {
        let form = try #require(FormFields("a=1&b=x+y%21&a=2&empty=&bare"))
        #expect(form.pairs.map(\.name) == ["a", "b", "a", "empty", "bare"])
        #expect(form.pairs.map(\.value) == ["1", "x y!", "2", "", ""])
        #expect(FormFields("a=%zz") == nil)
        #expect(FormFields("a=%ff") == nil)
    }

    @Test func metricsAreWrittenAsPrometheusText() {
        let book = MetricsBook()
        book.makeCounter(label: "asked total", dimensions: [("path", "/a\"b")]).increment(by: 2)
        book.makeCounter(label: "asked total", dimensions: [("path", "/a\"b")]).increment(by: 1)
        book.makeTimer(label: "took_seconds", dimensions: []).recordNanoseconds(500_000_000)
        book.makeRecorder(label: "level", dimensions: [], aggregate: false).record(1.5)
        let text = book.render()
        #expect(text.contains("# TYPE asked_total counter\nasked_total{path=\"/a\\\"b\"} 3\n"))
        #expect(text.contains("took_seconds_sum 0.5\ntook_seconds_count 1\n"))
        #expect(text.contains("# TYPE level gauge\nlevel 1.5\n"))
    }

    @Test func noMoreStreamsAreOpenThanThereMayBe() throws {
        let streams = OpenStreams()
        let seat = try streams.take(1)
        #expect(throws: Refusal.self) { try streams.take(1) }
        seat.give()
        seat.give()
        #expect(streams.now == 0)
        _ = try streams.take(1)
        #expect(streams.now == 0)
    }

    @Test func guessingSecretsIsSlow() {
        let clock = SetClock()
        let failures = TokenFailures(perMinute: 2, world: clock.world)
        failures.note("a 1.2.3.4")
        #expect(failures.wait(for: "a 1.2.3.4") == nil)
        failures.note("a 1.2.3.4")
        #expect(failures.wait(for: "a 1.2.3.4") == 61)
        #expect(failures.wait(for: "b 1.2.3.4") == nil)
        clock.advance(by: .seconds(61))
        #expect(failures.wait(for: "a 1.2.3.4") == nil)
    }

    @Test func tokensAreRecognisedAndForgeriesAreNot() async throws {
        let scene = try await Scene()
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        let world = scene.clock.world
        let keys = SigningKeys(store: scene.gate, world: world, master: master, overlapHours: 24)
        let tokens = AccessTokens(
            directory: scene.directory, signingKeys: keys, publicURL: "http://here", limits: Limits(), world: world)
        let elsewhere = AccessTokens(
            directory: scene.directory, signingKeys: keys, publicURL: "http://elsewhere", limits: Limits(),
            world: world)
        let client = try #require(scene.directory.snapshot.clients[FirstStart.saasClient])
        let issued = try await tokens.issue(for: client, scopes: [Scope.chat])
        #expect(issued.expiresInSeconds == 3600)
        let principal = try await tokens.principal(bearing: issued.token)
        #expect(principal.id == "client:saas-app-001")
        #expect(principal.scopes == [Scope.chat])
        await #expect(throws: Refusal.self) { try await elsewhere.principal(bearing: issued.token) }
        let unsigned = "eyJhbGciOiJub25lIn0." + issued.token.split(separator: ".")[1] + "."
        for forged in ["", "a.b.c", issued.token + "x", unsigned] {
            await #expect(throws: Refusal.self) { try await tokens.principal(bearing: forged) }
        }
        _ = try await keys.rotate()
        try await scene.directory.refresh()
        _ = try await tokens.principal(bearing: issued.token)
        #expect(try await tokens.publishedKeys().count == 2)
        scene.clock.advance(by: .seconds(3601))
        await #expect(throws: Refusal.self) { try await tokens.principal(bearing: issued.token) }
    }
}
