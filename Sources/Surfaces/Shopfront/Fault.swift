import Domain
import Wire

/// A no of the shop as agents are told it: what kind of no it is, who can mend it, and whether to come again.
struct Fault: Sendable {
    /// What it is about.
    enum Kind: String, Sendable {
        case invalidRequest = "invalid_request"
        case authentication, permission, policy, funds, conflict
        case rateLimit = "rate_limit"
        case provider
        case `internal`
    }

    /// Who can mend it, in the words of the Agentic Commerce Protocol.
    enum Resolution: String, Sendable {
        /// The agent itself, by another request.
        case recoverable
        /// Its owner, by giving what the API cannot: money, a key.
        case needsInput = "requires_buyer_input"
        /// Its owner, by agreeing.
        case needsReview = "requires_buyer_review"
    }

    /// What is true of every no of a code.
    struct Class: Sendable {
        let status: Int
        let kind: Kind
        let resolution: Resolution
        /// Whether the very same request may be answered otherwise later.
        let isRetryable: Bool

        init(_ status: Int, _ kind: Kind, _ resolution: Resolution = .recoverable, retryable: Bool = false) {
            self.status = status
            self.kind = kind
            self.resolution = resolution
            isRetryable = retryable
        }
    }

    let refusal: Refusal
    let code: String
    let `class`: Class

    /// - Parameter status: of HTTP, where it is known better than from the reason.
    init(_ refusal: Refusal, status: Int? = nil) {
        self.refusal = refusal
        code = refusal == .hidden ? "internal_error" : refusal.code ?? Self.code(of: refusal)
        if let known = Self.classes[code], refusal.reason == .unauthenticated || known.status != 401 {
            `class` = known
        } else {
            let usual = Self.usual(refusal.reason)
            `class` = Class(status ?? usual.status, usual.kind, usual.resolution, retryable: usual.isRetryable)
        }
    }

    /// The inner object of `{"error": …}`.
    func json(requestID: String? = nil) -> JSON {
        var object: JSON.Object = [
            "type": .string(`class`.kind.rawValue), "code": .string(code), "message": .string(refusal.message),
        ]
        object["param"] = refusal.field.map { .string(Self.path($0)) }
        object["resolution"] = .string(`class`.resolution.rawValue)
        object["retryable"] = .bool(`class`.isRetryable)
        object["retryAfterMs"] = retryAfterMilliseconds.map { .integer($0) }
        object["requestId"] = requestID.map { .string($0) }
        object["details"] = refusal.details.map { JSON($0) }
        return .object(object)
    }

    var retryAfterMilliseconds: Int64? {
        if let seconds = refusal.retryAfterSeconds { return Int64(seconds) * 1000 }
        return code == "idempotency_in_flight" ? 1000 : nil
    }

    /// A place in the input, as JSONPath has it; a header's name stays what it is.
    private static func path(_ field: String) -> String {
        guard let first = field.first, first.isLetter, first.isLowercase else { return field }
        return "$." + field
    }
}

/// The codes.
extension Fault {
    private static func code(of refusal: Refusal) -> String {
        switch refusal.reason {
        case .invalid:
            refusal.field.map { $0 == "configuration" || $0.hasPrefix("configuration.") } == true
                ? "configuration_invalid" : "invalid_request"
        case .unauthenticated: "unauthenticated"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .mismatch: "idempotency_conflict"
        case .gone: "gone"
        case .tooLarge: "too_large"
        case .unsupported: "unsupported"
        case .insufficientFunds: "insufficient_funds"
        case .limitExceeded: "rate_limited"
        case .unavailable: "unavailable"
        }
    }

    private static func usual(_ reason: Refusal.Reason) -> Class {
        switch reason {
        case .invalid, .unsupported: Class(400, .invalidRequest)
        case .unauthenticated: Class(401, .authentication, .needsInput)
        case .forbidden: Class(403, .permission, .needsReview)
        case .notFound: Class(404, .invalidRequest)
        case .conflict: Class(409, .conflict)
        case .mismatch: Class(422, .conflict)
        case .gone: Class(410, .conflict)
        case .tooLarge: Class(413, .invalidRequest)
        case .insufficientFunds: Class(402, .funds, .needsInput)
        case .limitExceeded: Class(429, .rateLimit, retryable: true)
        case .unavailable: Class(503, .internal, retryable: true)
        }
    }

    private static let classes: [String: Class] = [
        "idempotency_key_required": Class(400, .invalidRequest),
        "idempotency_conflict": Class(422, .conflict),
        "idempotency_in_flight": Class(409, .conflict, retryable: true),
        "quote_expired": Class(409, .conflict),
        "quote_already_purchased": Class(409, .conflict),
        "possible_duplicate": Class(409, .conflict),
        "price_changed": Class(409, .conflict),
        "max_total_exceeded": Class(409, .conflict),
        "configuration_invalid": Class(422, .invalidRequest),
        "item_unavailable": Class(409, .conflict),
        "policy_denied": Class(403, .policy, .needsReview),
        "insufficient_funds": Class(402, .funds, .needsInput),
        "router_credit_exhausted": Class(402, .funds),
        "wallet_frozen": Class(403, .policy, .needsReview),
        "key_revoked": Class(401, .authentication, .needsInput),
        "not_cancelable": Class(409, .conflict),
        "provider_unavailable": Class(503, .provider, retryable: true),
        "capability_unsupported": Class(400, .invalidRequest),
        "not_found": Class(404, .invalidRequest),
        "internal_error": Class(500, .internal, retryable: true),
    ]
}
