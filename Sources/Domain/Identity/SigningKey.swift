import CryptoExtras

/// A key pair that signs access tokens, named by its `kid`.
package struct SigningKey: Sendable, Equatable {
    package var kid: String
    /// The RSA private key, PEM, sealed with the master key.
    package var sealedKey: [UInt8]
    package var createdAt: Timestamp
    /// When the next key took over; tokens it signed are honoured for the overlap after that.
    package var retiredAt: Timestamp?

    package init(kid: String, sealedKey: [UInt8], createdAt: Timestamp, retiredAt: Timestamp?) {
        self.kid = kid
        self.sealedKey = sealedKey
        self.createdAt = createdAt
        self.retiredAt = retiredAt
    }

    /// A new 2048-bit RSA key.
    package static func mint(_ world: World, sealedWith master: MasterKey) throws -> SigningKey {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let kid = Secret.base64URL(world.random(9))
        return SigningKey(
            kid: kid, sealedKey: try master.seal(key.pemRepresentation), createdAt: world.now(), retiredAt: nil)
    }
}
