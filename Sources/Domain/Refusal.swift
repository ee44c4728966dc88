/// A "no" with its reason: the only error that callers are ever told about.
package struct Refusal: Error, Equatable, Sendable, Codable {
    /// Why, in the words every surface translates into its own status codes.
    package enum Reason: String, Sendable, Codable, CaseIterable {
        case invalid, unauthenticated, forbidden, notFound, conflict, mismatch, gone, tooLarge, unsupported
        case insufficientFunds, limitExceeded, unavailable
    }

    package var reason: Reason
    /// One or two sentences for a person; never a secret, never an internal detail.
    package var message: String
    /// The path of the request field at fault, such as `messages[0].content`.
    package var field: String?
    package var retryAfterSeconds: Int?
    /// Its name among those of its reason, where dialects tell them apart: `quote_expired`.
    package var code: String?
    /// More of it, for programs.
    package var details: JSONValue?

    package init(
        _ reason: Reason, _ message: String, field: String? = nil, retryAfterSeconds: Int? = nil,
        code: String? = nil, details: JSONValue? = nil
    ) {
        self.reason = reason
        self.message = message
        self.field = field
        self.retryAfterSeconds = retryAfterSeconds
        self.code = code
        self.details = details
    }

    package static func invalid(_ field: String, _ message: String) -> Refusal {
        Refusal(.invalid, message, field: field)
    }

    /// What is said of everything that is not a refusal; the cause goes to the log, beside the request id.
    package static let hidden = Refusal(.unavailable, "Internal error")
}
