import Crypto
import Foundation

/// Random words that prove who someone is: shown once, kept as a hash.
package enum Secret {
    /// 32 random bytes in base64url: 43 characters of `A-Z a-z 0-9 - _`.
    package static func mint(_ world: World) -> String {
        base64URL(world.random(32))
    }

    /// A secret of Standard Webhooks: `whsec_` and the base64 of 24 random bytes, here without `+` and `/`, so that it
    /// is base64url as well.
    package static func mintWebhook(_ world: World) -> String {
        var letters = ""
        while letters.count < 32 { letters += base64URL(world.random(48)).filter { $0 != "-" && $0 != "_" } }
        return "whsec_" + letters.prefix(32)
    }

    package static func hash(_ secret: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(secret.utf8)))
    }

    /// Takes the same time wherever the two differ.
    package static func matches(_ secret: String, hash: [UInt8]) -> Bool {
        let given = Self.hash(secret)
        guard given.count == hash.count else { return false }
        return zip(given, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Takes the same time wherever the two differ.
    static func equal(_ left: String, _ right: String) -> Bool {
        matches(left, hash: hash(right))
    }

    package static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// - Returns: nil for what is neither base64url nor base64.
    package static func bytes(base64URL text: String) -> [UInt8]? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)).map(
            Array.init)
    }
}

/// The key that seals what the store must give back: signing keys, and later webhook and S3 secrets.
package struct MasterKey: Sendable {
    private let key: SymmetricKey

    /// - Parameter bytes: exactly 32.
    package init(bytes: [UInt8]) throws(Refusal) {
        guard bytes.count == 32 else {
            throw Refusal(.invalid, "The master key must be 32 bytes, not \(bytes.count).")
        }
        key = SymmetricKey(data: bytes)
    }

    /// HMAC-SHA256 in hexadecimal, by a key that is made of this one and used for nothing else.
    func signature(of text: String) -> String {
        let own = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("upload policies".utf8), outputByteCount: 32)
        return HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: own)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// AES-256-GCM: nonce, ciphertext, tag.
    package func seal(_ text: String) throws -> [UInt8] {
        guard let sealed = try AES.GCM.seal(Array(text.utf8), using: key).combined else {
            throw Refusal(.invalid, "The secret could not be sealed.")
        }
        return Array(sealed)
    }

    package func open(_ sealed: [UInt8]) throws(Refusal) -> String {
        do {
            let bytes = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Refusal(.invalid, "The master key does not open what this store has sealed.")
        }
    }
}
