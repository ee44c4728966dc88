import Domain
import HTTPTypes
import Hummingbird

/// Holds the callers of a door to their rates, and tells them where they stand.
struct RateGate: Sendable {
    let rates: Rates

    /// - Throws: `limitExceeded` for a request too many, which is not counted.
    func pass(_ claims: [Rates.Claim], _ context: DoorContext) async throws {
        guard let standing = try await rates.take(claims) else { return }
        context.notes.note { $0.rate = standing }
        guard standing.isRefused else { return }
        throw Refusal(
            .limitExceeded, "Maximum number of requests reached.", retryAfterSeconds: standing.resetSeconds)
    }
}

extension RateWindow.Standing {
    /// As draft-ietf-httpapi-ratelimit-headers had them before it became one structured field: what clients read.
    func tell(_ response: inout Response) {
        response.headers[.rateLimitLimit] = "\(rule.requests)"
        response.headers[.rateLimitRemaining] = "\(remaining)"
        response.headers[.rateLimitReset] = "\(resetSeconds)"
        response.headers[.rateLimitPolicy] = "\(rule.requests);w=\(rule.seconds)"
    }
}
