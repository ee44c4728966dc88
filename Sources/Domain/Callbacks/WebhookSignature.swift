import Crypto
import Foundation

/// The headers with which a receiver knows who sent a callback (Standard Webhooks 1.0, symmetric).
package enum WebhookSignature {
    private static let prefix = "whsec_"

    /// - Parameter secret: `whsec_` and base64.
    /// - Returns: nil for a secret that is none.
    package static func headers(id: String, at moment: Timestamp, body: [UInt8], secret: String) -> [String: String]? {
        guard secret.hasPrefix(prefix), let key = Secret.bytes(base64URL: String(secret.dropFirst(prefix.count)))
        else { return nil }
        let signed = Array("\(id).\(moment.seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        return [
            "webhook-id": id, "webhook-timestamp": String(moment.seconds),
            "webhook-signature": "v1," + Data(code).base64EncodedString(),
        ]
    }
}
