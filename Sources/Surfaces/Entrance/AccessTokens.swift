package import Domain
import Foundation
import JWTKit
import Synchronization

/// Access tokens as JWTs signed with RS256, and the public keys to check them with.
package final class AccessTokens: Sendable {
    /// A token as its client gets it.
    package struct Issued: Sendable {
        package var token: String
        package var expiresInSeconds: Int
        package var scope: String
    }

    /// The keys of one revision of the configuration.
    private struct Ring: Sendable {
        var revision: Int64
        var keys: JWTKeyCollection
        var signingKid: String
        var published: [PublishedKey]
        let verified = VerifiedTokens()
    }

    /// The public half of a key, as JWKS shows it: base64url of big-endian numbers.
    struct PublishedKey: Sendable {
        var kid: String
        var modulus: String
        var exponent: String
    }

    static let type = "at+jwt"

    private let directory: Directory
    private let signingKeys: SigningKeys
    private let publicURL: String
    private let hasPeers: Bool
    private let limits: Limits
    private let world: World
    private let ring = Mutex<Ring?>(nil)

    /// - Parameter hasPeers: other servers, perhaps under other URLs, sign with the same keys; their tokens count too.
    package init(
        directory: Directory, signingKeys: SigningKeys, publicURL: String, hasPeers: Bool = false, limits: Limits,
        world: World
    ) {
        self.directory = directory
        self.signingKeys = signingKeys
        self.publicURL = publicURL
        self.hasPeers = hasPeers
        self.limits = limits
        self.world = world
    }

    package var issuer: String { Self.issuer(at: publicURL) }

    private static func issuer(at url: String) -> String { url + "/federation" }

    /// Signs a token for a client; its scopes are the caller's to check.
    package func issue(for client: Client, scopes: [String]) async throws -> Issued {
        let now = Int(world.now().seconds)
        let seconds =
            switch client.edition {
            case .marketplace: limits.marketplaceTokenSeconds
            case .saas: limits.saasTokenSeconds
            case .stackspot: limits.stackspotTokenSeconds
            }
        let claims = Claims(
            iss: issuer, sub: client.id, aud: publicURL, exp: now + seconds, iat: now, jti: world.newID().uuid,
            client_id: client.id, scope: scopes.joined(separator: " "))
        let token = try await sign(claims, type: Self.type)
        return Issued(token: token, expiresInSeconds: seconds, scope: claims.scope)
    }

    /// Signs with the newest key.
    func sign(_ payload: some JWTPayload, type: String) async throws -> String {
        let ring = try await currentRing()
        return try await ring.keys.sign(
            payload, kid: JWKIdentifier(string: ring.signingKid), header: ["typ": .string(type)])
    }

    /// The principal of a token that this server or its peers have signed.
    /// - Throws: `unauthenticated`, without saying which check failed beyond “expired”.
    func principal(bearing token: String) async throws -> Principal {
        let claims = try await claims(of: token)
        guard hasPeers || claims.aud == publicURL, claims.iss == Self.issuer(at: claims.aud) else {
            throw Self.refused
        }
        guard claims.exp > Int(world.now().seconds) else {
            throw Refusal(.unauthenticated, "The access token has expired.")
        }
        // A client made anew under an old id is another client: tokens from before it do not count.
        guard let client = try await directory.client(id: claims.client_id), claims.iat >= client.createdAt.seconds
        else {
            throw Self.refused
        }
        return Principal(
            id: client.principalID, account: client.account, agents: client.agents,
            scopes: Set(claims.scope.split(separator: " ").map(String.init)))
    }

    func publishedKeys() async throws -> [PublishedKey] {
        try await currentRing().published
    }

    private static let refused = Refusal(.unauthenticated, "The access token is not valid.")

    private func claims(of token: String) async throws -> Claims {
        var ring = try await currentRing()
        if let claims = ring.verified[token] { return claims }
        guard let header = JWTHead(of: token), header.alg == "RS256", header.typ?.lowercased() == Self.type,
            let kid = header.kid
        else { throw Self.refused }
        if !ring.published.contains(where: { $0.kid == kid }) {
            // Another server or the command line may have made the key a moment ago.
            try await directory.refresh()
            ring = try await currentRing()
            guard ring.published.contains(where: { $0.kid == kid }) else { throw Self.refused }
        }
        do {
            let claims = try await ring.keys.verify(token, as: Claims.self)
            ring.verified[token] = claims
            return claims
        } catch {
            throw Self.refused
        }
    }

    /// The keys as the directory has them now; opened again only when it has changed.
    private func currentRing() async throws -> Ring {
        if directory.snapshot.revision < 0 { try await directory.refresh() }
        let snapshot = directory.snapshot
        if let ring = ring.withLock({ $0 }), ring.revision == snapshot.revision { return ring }
        let open = try signingKeys.honoured(of: snapshot.signingKeys)
        guard let newest = open.first else {
            throw Refusal(.unavailable, "There is no signing key; make one with “rialto signing-key rotate”.")
        }
        // The same claims are the same letters.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let serializer = DefaultJWTSerializer(jsonEncoder: encoder)
        let keys = JWTKeyCollection()
        var published: [PublishedKey] = []
        for (kid, pem) in open {
            let key = try Insecure.RSA.PrivateKey(pem: pem)
            await keys.add(
                rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: kid), serializer: serializer)
            let numbers = try key.publicKey.getKeyPrimitives()
            published.append(
                PublishedKey(
                    kid: kid, modulus: Secret.base64URL(Array(numbers.modulus)),
                    exponent: Secret.base64URL(Array(numbers.publicExponent))))
        }
        let fresh = Ring(revision: snapshot.revision, keys: keys, signingKid: newest.kid, published: published)
        ring.withLock { $0 = fresh }
        return fresh
    }
}

/// What an access token says, by the names of RFC 9068.
private struct Claims: JWTPayload {
    var iss: String
    var sub: String
    var aud: String
    var exp: Int
    var iat: Int
    var jti: String
    var client_id: String
    var scope: String

    /// The caller compares the claims with the server's clock and names.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Tokens whose signature was right, and what they claim: a client sends its token with every request. They go with
/// the keys that they were verified with.
private final class VerifiedTokens: Sendable {
    private static let most = 4096

    private let claims = Mutex<[String: Claims]>([:])

    subscript(token: String) -> Claims? {
        get { claims.withLock { $0[token] } }
        set {
            claims.withLock { claims in
                // Cheaper than to know which was asked for last, and rare.
                if claims.count >= Self.most { claims.removeAll() }
                claims[token] = newValue
            }
        }
    }
}

/// The header of a JWT, read before anything is believed of it.
private struct JWTHead: Decodable {
    var alg: String
    var typ: String?
    var kid: String?

    init?(of token: String) {
        guard token.utf8.count <= 16 * 1024, let first = token.split(separator: ".", maxSplits: 1).first else {
            return nil
        }
        var text = String(first).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text),
            let head = try? JSONDecoder().decode(JWTHead.self, from: data)
        else { return nil }
        self = head
    }
}
