package import Domain
package import HTTPTypes
package import Hummingbird
import Wire

/// No, as OpenAI says it: `{"error":{"message","type","param","code"}}`, with `details` where there are any.
extension CreditRouter {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response {
        Self.refuse(refusal, status: status)
    }

    static func refuse(_ refusal: Refusal, status: HTTPResponse.Status) -> Response {
        var response = Response(body(of: refusal), status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    /// The answer to a request that is too much for the key's rates; nil where it is not.
    static func refuse(_ rates: [(name: String, standing: RateWindow.Standing)]) -> Response? {
        let refused = rates.filter(\.standing.isRefused)
        guard let worst = refused.max(by: { $0.standing.resetSeconds < $1.standing.resetSeconds }) else { return nil }
        let refusal = Refusal(
            .limitExceeded, "This key may have \(worst.standing.rule.requests) \(worst.name) in a minute.",
            retryAfterSeconds: worst.standing.resetSeconds, code: "rate_limit_exceeded")
        var response = Refusing.refuse(refusal, in: refuse)
        tell(rates, in: &response)
        return response
    }

    static func body(of refusal: Refusal) -> JSON {
        var error: JSON.Object = [
            "message": .string(refusal.message), "type": .string(type(of: refusal)),
            "param": refusal.field.map { .string($0) } ?? .null,
            "code": .string(refusal == .hidden ? "internal_error" : refusal.code ?? refusal.reason.word),
        ]
        if let details = refusal.details {
            // Some clients keep the one, some the other.
            error["details"] = JSON(details)
            error["metadata"] = JSON(details)
        }
        return ["error": .object(error)]
    }

    /// Said to a reader who is to go on through another server.
    static let handover: JSON = [
        "error": [
            "message": "This server stops, and the answer goes on: send the request again, with its Idempotency-Key.",
            "type": "server_error", "param": .null, "code": "handover",
        ]
    ]

    private static func type(of refusal: Refusal) -> String {
        switch refusal.reason {
        case .unavailable: "server_error"
        case .unauthenticated: "authentication_error"
        case .forbidden: "permission_error"
        case .conflict: "conflict_error"
        case .limitExceeded: "rate_limit_error"
        case .insufficientFunds: "insufficient_quota"
        case .invalid, .notFound, .mismatch, .gone, .tooLarge, .unsupported: "invalid_request_error"
        }
    }
}

extension Refusal.Reason {
    /// `not_found`
    fileprivate var word: String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
