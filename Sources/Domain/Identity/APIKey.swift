/// A key that a program shows with each of its requests, and what it is good for.
package struct APIKey: Sendable, Equatable {
    /// How streams are written for the program: as server-sent events, or as bare values.
    package enum Framing: String, Sendable, CaseIterable {
        case sse, raw
    }

    package var id: ID
    package var account: ID
    /// What people call it.
    package var label: String
    /// SHA-256 of the secret: enough to recognise it.
    package var secretHash: [UInt8]
    /// What callbacks are signed with, sealed with the master key.
    package var sealedWebhookSecret: [UInt8]
    /// The agents it may use; at least one.
    package var agents: [String]
    package var framing: Framing
    package var createdAt: Timestamp

    package init(
        id: ID, account: ID, label: String, secretHash: [UInt8], sealedWebhookSecret: [UInt8], agents: [String],
        framing: Framing, createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.label = label
        self.secretHash = secretHash
        self.sealedWebhookSecret = sealedWebhookSecret
        self.agents = agents
        self.framing = framing
        self.createdAt = createdAt
    }

    package var principal: Principal {
        Principal(id: "key:\(id.uuid)", account: account, agents: agents, scopes: [Scope.chat])
    }
}

extension APIKey {
    /// A key in letters: its id and its secret, each in base64url.
    package struct Text: Sendable {
        private static let idLength = 22

        package var id: ID
        package var secret: String

        init(id: ID, secret: String) {
            self.id = id
            self.secret = secret
        }

        /// - Returns: nil for what no key looks like.
        package init?(_ text: String) {
            let letters = Array(text.utf8)
            guard letters.count > Self.idLength, letters.count <= 128, !text.contains(where: { "+/=".contains($0) }),
                let id = Secret.bytes(base64URL: String(decoding: letters.prefix(Self.idLength), as: UTF8.self))
                    .flatMap({ ID(bytes: $0) })
            else { return nil }
            self.init(id: id, secret: String(decoding: letters.dropFirst(Self.idLength), as: UTF8.self))
        }

        package var letters: String { Secret.base64URL(id.bytes) + secret }
    }
}
