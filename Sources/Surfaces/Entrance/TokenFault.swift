import Domain
import HTTPTypes
import Hummingbird
import Wire

/// No at a token door: an error of RFC 6749 §5.2.
struct TokenFault: Error {
    var error: String
    var description: String
    var status: HTTPResponse.Status = .badRequest
    var usedBasic = false
    var retryAfterSeconds: Int?
}

extension TokenFault {
    /// A refusal that no token door made itself: a wrong method or path, or a server that cannot answer now.
    init(_ refusal: Refusal, status: HTTPResponse.Status) {
        let word =
            switch refusal.reason {
            case .unavailable: refusal == .hidden ? "server_error" : "temporarily_unavailable"
            case .limitExceeded: "temporarily_unavailable"
            default: "invalid_request"
            }
        self.init(error: word, description: Self.ascii(refusal.message, most: 256), status: status)
    }

    /// - Parameter isWrapped: with a `success` beside it, as some clients have it.
    func body(isWrapped: Bool = false) -> JSON {
        var body: JSON.Object = isWrapped ? ["success": false] : [:]
        body["error"] = .string(error)
        body["error_description"] = .string(description)
        return .object(body)
    }

    func response(isWrapped: Bool = false) -> Response {
        var response = Response(body(isWrapped: isWrapped), status: status)
        response.forbidStoring()
        if usedBasic { response.headers[.wwwAuthenticate] = "Basic realm=\"rialto\"" }
        if let seconds = retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    /// Descriptions are ASCII without quotes and backslashes (RFC 6749 §5.2).
    static func ascii(_ text: String, most: Int = 64) -> String {
        String(
            text.prefix(most).unicodeScalars.map { scalar in
                if "“”\"".unicodeScalars.contains(scalar) { return "'" }
                return (32...126).contains(scalar.value) && scalar != "\\" ? Character(scalar) : "?"
            })
    }
}

extension Response {
    /// Nothing that a token door says may stay in a cache (RFC 6749 §5.1).
    mutating func forbidStoring() {
        headers[.cacheControl] = "no-store"
        headers[.pragma] = "no-cache"
    }
}
