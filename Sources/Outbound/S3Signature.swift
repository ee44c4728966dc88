import Crypto
package import Domain
import Foundation

/// An account at an S3-compatible store, and its signature under requests (AWS Signature Version 4).
package struct S3Signature: Sendable, CustomStringConvertible {
    private let endpoint: String
    private let region: String
    private let accessKeyID: String
    private let secretAccessKey: String
    private let sessionToken: String?

    /// - Parameter endpoint: the URL under which the buckets lie, as in `https://s3.eu-west-1.amazonaws.com`.
    package init(
        endpoint: String, region: String, accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil
    ) {
        self.endpoint = endpoint
        self.region = region
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    /// Without the secrets, whoever prints it.
    package var description: String { "S3Signature(\(endpoint), \(region))" }

    /// A signed request for an object.
    /// - Parameter seconds: now, since 1970. A store believes a signature for some fifteen minutes.
    /// - Throws: `invalid` where the endpoint is no URL.
    package func request(
        for location: S3Location, at seconds: Int
    ) throws(OutboundFault) -> OutboundRequest {
        let target = try target(of: location)
        var signed = [
            "host": target.authority, "x-amz-content-sha256": Self.hex(SHA256.hash(data: Data())),
            "x-amz-date": S3Date(seconds).time,
        ]
        signed["x-amz-security-token"] = sessionToken
        var request = OutboundRequest(url: target.description)
        request.isOperators = true
        request.headers = signed
        request.headers["host"] = nil  // The client writes it, out of the same URL.
        request.headers["authorization"] = authorization(path: target.path, signed: signed, on: S3Date(seconds))
        return request
    }

    private func target(of location: S3Location) throws(OutboundFault) -> TargetURL {
        let base = try TargetURL(parsing: endpoint)
        guard !endpoint.contains(where: { "?#".contains($0) }) else {
            throw OutboundFault(.invalid, "The endpoint has a query or a fragment.")
        }
        let prefix = base.path.hasSuffix("/") ? base.path : base.path + "/"
        let key = PercentEncoding.encode(location.key) { $0.isLetterOrDigit || "-._~/".utf8.contains($0) }
        return try TargetURL(
            parsing: "\(base.scheme.rawValue)://\(base.authority)\(prefix)\(location.bucket)/\(key)",
            maximumBytes: 8192)
    }
}

extension S3Signature {
    private func authorization(path: String, signed: [String: String], on date: S3Date) -> String {
        let names = signed.keys.sorted()
        let lines = names.map { "\($0):\(signed[$0] ?? "")\n" }.joined()
        let payload = signed["x-amz-content-sha256"] ?? ""
        let canonical = "GET\n\(path)\n\n\(lines)\n\(names.joined(separator: ";"))\n\(payload)"
        let scope = "\(date.day)/\(region)/s3/aws4_request"
        let digest = Self.hex(SHA256.hash(data: Data(canonical.utf8)))
        let signature = Self.hex(
            Self.code("AWS4-HMAC-SHA256\n\(date.time)\n\(scope)\n\(digest)", under: key(on: date)))
        return "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), "
            + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
    }

    private func key(on date: S3Date) -> SymmetricKey {
        let secret = SymmetricKey(data: Data("AWS4\(secretAccessKey)".utf8))
        return [date.day, region, "s3", "aws4_request"].reduce(secret) { key, part in
            SymmetricKey(data: Self.code(part, under: key))
        }
    }

    private static func code(_ text: String, under key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A moment as a signature names it, in UTC.
struct S3Date {
    let day: String
    let time: String

    init(_ seconds: Int) {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        day = String(format: "%04d%02d%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
        time = day + String(format: "T%02d%02d%02dZ", parts.tm_hour, parts.tm_min, parts.tm_sec)
    }
}
