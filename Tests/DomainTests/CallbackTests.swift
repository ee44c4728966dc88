import Foundation
import Testing

@testable import Domain

/// What an attempt at a callback means for the next one.
@Suite struct CallbackTests {
    private let noon = Timestamp(milliseconds: 1_773_484_200_000)

    private func callback(attempts: Int) -> Callback {
        var callback = Callback(
            run: ID(high: 1, low: 2), account: ID(high: 3, low: 4),
            target: .init(key: ID(high: 5, low: 6), url: "https://Till.example:8443/hook?x=/"), createdAt: noon)
        callback.state = .due
        callback.attempts = attempts
        return callback
    }

    private func noted(_ attempts: Int, _ reply: Courier.Reply, jitter: Double = 0) -> Callback {
        var callback = callback(attempts: attempts)
        callback.note(reply, at: noon, jitter: jitter, Limits())
        return callback
    }

    @Test(arguments: [200, 201, 204, 299]) func anyTwoHundredIsSuccess(status: Int) {
        #expect(noted(1, .init(status: status)).state == .delivered)
    }

    @Test(arguments: [100, 301, 302, 307, 400, 404, 429, 500, 503]) func allElseIsTriedAgain(status: Int) {
        let callback = noted(1, .init(status: status))
        #expect(callback.state == .due && callback.dueAt == noon.adding(seconds: 5))
    }

    @Test func goneIsGone() {
        #expect(noted(1, .init(status: 410)).state == .gone)
    }

    @Test func attemptsFollowTheScheduleUntilItEnds() {
        let waits = (1...9).map { noted($0, .init(problem: "no answer")).dueAt.seconds - noon.seconds }
        #expect(waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(noted(10, .init(problem: "no answer")).state == .failed)
        #expect(noted(11, .init(status: 500)).state == .failed, "one that an operator had repeated")
    }

    @Test func chanceMakesItLaterByATenthAtMost() {
        #expect(noted(2, .init(status: 500), jitter: 1).dueAt == noon.adding(seconds: 330))
    }

    @Test func aReceiverMayPutItOffButNotForEver() {
        #expect(noted(1, .init(status: 503, retryAfterSeconds: 90)).dueAt == noon.adding(seconds: 90))
        #expect(noted(2, .init(status: 503, retryAfterSeconds: 90)).dueAt == noon.adding(seconds: 300))
        #expect(noted(1, .init(status: 503, retryAfterSeconds: .max)).dueAt == noon.adding(hours: 24))
    }

    @Test func anEndpointIsAnAccountsHostAndPort() {
        #expect(callback(attempts: 0).endpoint == "\(ID(high: 3, low: 4).uuid) https://till.example:8443")
    }

    @Test func anEndpointThatFailsOftenIsPausedAndASuccessEndsThat() {
        var endpoint = Endpoint(name: "x")
        for _ in 1..<20 { endpoint.note(.init(status: 500), at: noon, Limits()) }
        #expect(endpoint.failures == 19 && endpoint.pausedUntil == nil)
        endpoint.note(.init(problem: "no answer"), at: noon, Limits())
        #expect(endpoint.pausedUntil == noon.adding(seconds: 600))
        endpoint.note(.init(status: 200), at: noon, Limits())
        #expect(endpoint == Endpoint(name: "x"))
    }

    @Test(arguments: [429, 502, 504]) func anEndpointWithTooMuchToDoIsLeftAlone(status: Int) {
        var endpoint = Endpoint(name: "x")
        endpoint.note(.init(status: status), at: noon, Limits())
        #expect(endpoint.pausedUntil == noon.adding(seconds: 30))
        endpoint.note(.init(status: status, retryAfterSeconds: 100), at: noon, Limits())
        #expect(endpoint.pausedUntil == noon.adding(seconds: 100))
    }

    /// The example of the Standard Webhooks specification.
    @Test func theSignatureIsThatOfStandardWebhooks() {
        let headers = WebhookSignature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Timestamp(milliseconds: 1_614_265_330_999),
            body: Array(#"{"test": 2432232314}"#.utf8), secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(
            headers == [
                "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ])
    }

    @Test(arguments: ["", "whsec_§", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]) func whatIsNoSecretSignsNothing(
        secret: String
    ) {
        #expect(WebhookSignature.headers(id: "x", at: noon, body: [], secret: secret) == nil)
    }
}
