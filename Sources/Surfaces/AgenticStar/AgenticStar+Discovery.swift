import Domain
import Hummingbird
import Wire

/// Public keys and discovery: where tokens are made and how they are checked.
extension AgenticStar {
    static let discoveryPaths = [
        "/federation/.well-known/openid-configuration", "/realms/federation/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/federation",
    ]

    func publishKeys(_ request: Request, _ context: DoorContext) async throws -> Response {
        try await directory.refresh()
        let keys = try await tokens.publishedKeys().map { key -> JSON in
            [
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(key.kid),
                "n": .string(key.modulus), "e": .string(key.exponent),
            ]
        }
        var response = Self.answer(["keys": .array(keys)])
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }

    /// Announces what there is: client credentials. There is no browser flow, so no authorization endpoint.
    func discover(_ request: Request, _ context: DoorContext) async throws -> Response {
        var response = Self.answer([
            "issuer": .string(tokens.issuer),
            "token_endpoint": .string(publicURL + "/federation/auth/v1/token"),
            "jwks_uri": .string(publicURL + "/federation/auth/v1/jwks"),
            "response_types_supported": ["none"],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": .array(Scope.all.map { .string($0) }),
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"],
        ])
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }
}
