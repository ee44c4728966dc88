/// A key of the shop in letters: a word that says what it is for, its id in base64url, a point, and its secret.
package struct ShopKeyText: Sendable {
    package enum Word: String, Sendable, CaseIterable {
        case live = "ask_live_"
        case test = "ask_test_"
        case owner = "own_"
    }

    package var word: Word
    package var id: ID
    package var secret: String

    init(_ word: Word, id: ID, secret: String) {
        self.word = word
        self.id = id
        self.secret = secret
    }

    /// - Returns: nil for what no key looks like.
    package init?(_ text: String) {
        guard text.utf8.count <= 128, let word = Word.allCases.first(where: { text.hasPrefix($0.rawValue) }) else {
            return nil
        }
        let parts = text.dropFirst(word.rawValue.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(Self.isBase64URL) }),
            let id = Secret.bytes(base64URL: String(parts[0])).flatMap({ ID(bytes: $0) })
        else { return nil }
        self.init(word, id: id, secret: String(parts[1]))
    }

    package var letters: String { word.rawValue + Secret.base64URL(id.bytes) + "." + secret }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A new key of the shop, shown this once.
package struct ShopKeyCredentials: Sendable {
    package var id: ID
    package var key: String
}

extension ShopKeyText {
    /// A key with a new secret.
    static func mint(_ word: Word, id: ID, _ world: World) -> ShopKeyText {
        ShopKeyText(word, id: id, secret: Secret.mint(world))
    }

    var credentials: ShopKeyCredentials { ShopKeyCredentials(id: id, key: letters) }

    /// - Throws: `invalid` for what is no name of an agent or a key.
    static func check(name: String, field: String) throws(Refusal) {
        guard (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ isBase64URL($0) || $0 == UInt8(ascii: ".") })
        else { throw .invalid(field, "“\(field)” is 1 to 64 of the characters A-Z a-z 0-9 . _ -") }
    }

    static let revoked = Refusal(.unauthenticated, "This key has been revoked.", code: "key_revoked")
}
