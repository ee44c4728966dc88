import Crypto

/// A promise that a key stands for one request, and what that request made.
package struct IdempotencyClaim: Sendable, Equatable {
    package var principal: String
    package var path: String
    package var key: String
    /// SHA-256 of the parsed request, so that spelling does not matter.
    package var fingerprint: [UInt8]
    /// The run, file or conversation that the first request made.
    package var subject: ID
    package var createdAt: Timestamp

    package init(
        principal: String, path: String, key: String, fingerprint: [UInt8], subject: ID, createdAt: Timestamp
    ) {
        self.principal = principal
        self.path = path
        self.key = key
        self.fingerprint = fingerprint
        self.subject = subject
        self.createdAt = createdAt
    }

    /// - Throws: `mismatch` where the standing claim is for another request.
    package func mustMatch(_ other: IdempotencyClaim) throws(Refusal) {
        guard fingerprint == other.fingerprint else {
            throw Refusal(.mismatch, "This Idempotency-Key was used with another request.", field: "Idempotency-Key")
        }
    }
}

/// What a request says of its own repetition, before anything is made for it.
package struct IdempotencyKey: Sendable, Equatable {
    package var path: String
    package var key: String
    package var fingerprint: [UInt8]

    /// - Parameter request: the parsed request, rendered the same way each time.
    package init(path: String, key: String, request: [UInt8]) {
        self.path = path
        self.key = key
        fingerprint = Array(SHA256.hash(data: request))
    }

    package func claim(by principal: Principal, for subject: ID, at moment: Timestamp) -> IdempotencyClaim {
        IdempotencyClaim(
            principal: principal.id, path: path, key: key, fingerprint: fingerprint, subject: subject,
            createdAt: moment)
    }

    /// A header's value, quoted (RFC 8941 String) or bare.
    package static func parse(_ header: String) throws(Refusal) -> String {
        var text = Substring(header)
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
        guard !text.isEmpty, text.utf8.count <= 255, text.utf8.allSatisfy({ (32...126).contains($0) }) else {
            throw .invalid("Idempotency-Key", "An Idempotency-Key is 1 to 255 printable ASCII characters.")
        }
        return String(text)
    }
}

extension IdempotencyRows {
    /// The claim of an earlier, equal request, or nil, and then this one stands.
    /// - Throws: `mismatch` where the key was used with another request.
    func standing(_ claim: IdempotencyClaim?) throws -> IdempotencyClaim? {
        guard let claim, let standing = try self.claim(claim) else { return nil }
        try standing.mustMatch(claim)
        return standing
    }
}
