package import Ledger

/// A key for the router, which spends the credits of one service; not the key that buys them.
package struct RouterKey: ShopRecord, Equatable {
    package static let kind = "router_key"

    /// After which time its limit is whole again: calendar periods in UTC, a week begins on Monday.
    package enum Reset: String, Sendable, Codable, CaseIterable {
        case daily, weekly, monthly
    }

    package var id: ID
    package var account: ID
    package var service: ID
    package var name: String
    /// SHA-256 of the secret.
    package var secretHash: [UInt8]
    /// The one before the last rotation, honoured until a moment.
    package var oldSecretHash: [UInt8]?
    package var oldSecretUntil: Timestamp?
    package var limit: Money?
    package var limitReset: Reset?
    /// How often the limit was changed: each opens a budget of its own, less what was used by then.
    package var limitChanges = 0
    package var expiresAt: Timestamp?
    /// nil for every model.
    package var allowedModels: [String]?
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    /// What one answer may have at most; nil for what its model may.
    package var maxTokens: Int?
    package var isDisabled = false
    package var revokedAt: Timestamp?
    package var isTest: Bool
    /// Who made it, as events name them.
    package var actor: String
    package var createdAt: Timestamp
    /// What its answers have cost so far, and when the last of them was paid.
    package var spent = Money.zero
    package var lastUsedAt: Timestamp?
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { revokedAt == nil ? "active" : "revoked" }

    package init(
        id: ID, account: ID, service: ID, name: String, secretHash: [UInt8], isTest: Bool, actor: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.service = service
        self.name = name
        self.secretHash = secretHash
        self.isTest = isTest
        self.actor = actor
        self.createdAt = createdAt
    }

    /// As transfers and runs name whoever uses it.
    package var user: String { "router-key:\(id.uuid)" }
}

extension RouterKey {
    /// A key in letters: `ark_<id>.<secret>`, both in base64url.
    package struct Letters: Sendable, Equatable {
        package static let prefix = "ark_"
        private static let idLength = 22

        package var id: ID
        package var secret: String

        package init(id: ID, secret: String) {
            self.id = id
            self.secret = secret
        }

        /// - Returns: nil for what no key of the router looks like.
        package init?(_ text: String) {
            guard text.hasPrefix(Self.prefix), text.utf8.count <= 128 else { return nil }
            let parts = text.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == Self.idLength, !parts[1].isEmpty,
                !text.contains(where: { "+/=".contains($0) }),
                let id = Secret.bytes(base64URL: String(parts[0])).flatMap({ ID(bytes: $0) })
            else { return nil }
            self.init(id: id, secret: String(parts[1]))
        }

        package var text: String { "\(Self.prefix)\(Secret.base64URL(id.bytes)).\(secret)" }
    }
}
