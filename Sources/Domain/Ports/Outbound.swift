/// Requests that the server makes for somebody else, to addresses that somebody else named.
///
/// Every one passes the guard: http and https only, no address within a network that the operator has not opened, no
/// redirects, limits of time and size.
package protocol Outbound: Sendable {
    /// Whether an address could be asked, as far as its letters tell; nothing is looked up.
    /// - Throws: `invalid` with what is wrong with it.
    func check(url: String) throws(OutboundFault)

    /// How to ask for a file that somebody named: by an http or https address, or `s3://bucket/key` where the
    /// operator has set up where that is.
    /// - Throws: `invalid` with what is wrong with it.
    func fetching(_ url: String, at moment: Timestamp) throws(OutboundFault) -> OutboundRequest

    /// Sends one request, once.
    /// - Throws: why there is no answer. Any answer, of whatever status, is an answer.
    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer
}

/// A request to an address that somebody named.
package struct OutboundRequest: Sendable, Equatable {
    package var method = "GET"
    package var url: String
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []
    /// From the first step to the last byte of the answer.
    package var seconds = 30
    /// As much of the answer's body as is read.
    package var answerBytes = 64 * 1024
    /// Whether the operator's own configuration names the address: then every range is open.
    package var isOperators = false

    package init(url: String) {
        self.url = url
    }
}

/// What came back.
package struct OutboundAnswer: Sendable, Equatable {
    package var status: Int
    /// Names in lower case; of several with one name the first.
    package var headers: [String: String]
    /// When the other side wants to be asked again.
    package var retryAfterSeconds: Int?
    package var body: [UInt8]
    /// Whether there was more than was read.
    package var isCut: Bool

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isCut = isCut
    }
}

/// Why a request to somebody's address had no answer.
package struct OutboundFault: Error, Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The address is none that can be asked.
        case invalid
        /// It leads where this server may not go.
        case forbidden
        /// No such name, nobody there, a broken connection, no believable certificate.
        case unreachable
        case timedOut
    }

    package var reason: Reason
    /// For whoever named the address; no secrets, and nothing of what lies behind a forbidden one.
    package var message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
