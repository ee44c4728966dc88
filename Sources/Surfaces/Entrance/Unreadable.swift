import Domain
import HTTPTypes
import NIOHTTP1

/// A request that is not HTTP: what is wrong with it, and the status that says so.
struct Unreadable: Error {
    var status = HTTPResponse.Status.badRequest
    var refusal: Refusal

    /// - Parameter beginning: what is known of the head that was being read; nil in a body.
    init(_ error: any Error, from beginning: Beginning?, limits: Limits) {
        switch error as? HTTPParserError {
        case .headerOverflow: self = Self.overflow(beginning, limits)
        case .invalidMethod: self = Self.strange(beginning)
        case .invalidVersion, .paused:
            self.init(.unsupported, "HTTP/1.1 and HTTP/1.0 are spoken here.", .httpVersionNotSupported)
        case .invalidURL: self.init(.invalid, "The path has a character that no path may have.")
        case .invalidHeaderToken: self.init(.invalid, "A header has a character that no header may have.")
        case .invalidContentLength, .unexpectedContentLength, .unknown:
            self.init(.invalid, "The body's length is not clear: one Content-Length, or Transfer-Encoding: chunked.")
        case .invalidChunkSize, .strictModeAssertion:
            self.init(.invalid, "The body's chunks are not as HTTP has them.")
        case .invalidEOFState: self.init(.invalid, "The request ended before it was complete.")
        default: self.init(.invalid, "The request is not HTTP/1.1.")
        }
    }

    private init(_ reason: Refusal.Reason, _ message: String, _ status: HTTPResponse.Status = .badRequest) {
        refusal = Refusal(reason, message)
        self.status = status
    }

    private static func overflow(_ beginning: Beginning?, _ limits: Limits) -> Self {
        if let beginning, beginning.isLineTooLong {
            return Self(.tooLarge, "A path may have \(limits.headerBytes) bytes.", .uriTooLong)
        }
        return Self(
            .tooLarge,
            "A request may have \(limits.headerCount) headers, and \(limits.headerBytes) bytes before its body.",
            .requestHeaderFieldsTooLarge)
    }

    private static func strange(_ beginning: Beginning?) -> Self {
        if beginning?.isTLS == true { return Self(.invalid, "TLS is not spoken here: ask for http, not https.") }
        if beginning?.hasMethod == true { return Self(.unsupported, "There is no such method.", .notImplemented) }
        return Self(.invalid, "The request is not HTTP/1.1.")
    }
}

extension HTTPRequest.Method {
    /// What the entrance is shown in the place of a request whose head could not be read. No client can send it: the
    /// parser knows its methods, and refuses this one too.
    static let unreadable = HTTPRequest.Method("UNREADABLE")!
}
