import Domain
import JWTKit

/// Signs what never changes, such as a receipt, so that whoever has it can check it with the published keys.
struct Receipts: Sendable {
    static let type = "receipt+jwt"

    let tokens: AccessTokens

    /// From whose discovery document the keys are found.
    var issuer: String { tokens.issuer }

    /// - Returns: a compact JWS, signed with RS256. The same claims are the same letters, as long as the key stays.
    func sign(_ claims: JSONValue) async throws -> String {
        try await tokens.sign(SignedClaims(value: claims), type: Self.type)
    }
}

/// Claims whose names are the caller's.
private struct SignedClaims: JWTPayload {
    var value: JSONValue

    init(value: JSONValue) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        value = try JSONValue(from: decoder)
    }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
