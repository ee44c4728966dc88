package import Domain
package import HTTPTypes
package import Hummingbird
import Wire

/// No, in this dialect: `{"error":{"message","type","param","code"}}`, and as RFC 6749 has it where tokens are made.
extension AgenticStar {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response {
        guard Self.isTokenPlace(path) else { return Self.refuse(refusal, status: status) }
        return TokenFault(refusal, status: status).response(isWrapped: Self.isMarketplace(path))
    }

    /// Where tokens, keys and discovery are, and all that lies below.
    static func isTokenPlace(_ path: String) -> Bool {
        let places = [marketplacePlace, "/federation", "/realms/federation", "/.well-known"]
        return places.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    static func isMarketplace(_ path: String) -> Bool {
        path == marketplacePlace || path.hasPrefix(marketplacePlace + "/")
    }

    private static let marketplacePlace = "/api/v1/auth"

    static func refuse(_ refusal: Refusal, status: HTTPResponse.Status) -> Response {
        var response = answer(body(of: refusal, status: status), status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    static func body(of refusal: Refusal, status: HTTPResponse.Status) -> JSON {
        let code = refusal == .hidden ? "internalError" : refusal.reason.rawValue
        return [
            "error": [
                "message": .string(refusal.message), "type": .string(type(of: refusal, status: status)),
                "param": refusal.field.map { .string($0) } ?? .null, "code": .string(code),
            ]
        ]
    }

    /// Said to a reader who is to go on through another server.
    static let handover: JSON = [
        "error": [
            "message": "This server stops, and the answer goes on: follow the run again, with its Last-Event-ID.",
            "type": "server_error", "param": .null, "code": "handover",
        ]
    ]

    private static func type(of refusal: Refusal, status: HTTPResponse.Status) -> String {
        switch refusal.reason {
        case .unavailable: return "server_error"
        case .unauthenticated: return "authentication_error"
        case .forbidden: return "permission_error"
        case .notFound: return "not_found_error"
        case .conflict: return "conflict_error"
        case .limitExceeded: return "rate_limit_error"
        case .invalid, .mismatch, .gone, .tooLarge, .unsupported, .insufficientFunds: return "invalid_request_error"
        }
    }

    static func answer(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(json, status: status)
    }
}
