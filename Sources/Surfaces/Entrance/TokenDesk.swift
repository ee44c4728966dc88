import Domain
import HTTPTypes
import Hummingbird
import Wire

/// Where clients show their secrets and get their tokens, whichever dialect's door they come through.
struct TokenDesk: Sendable {
    let clients: Clients
    let tokens: AccessTokens
    let failures: TokenFailures

    /// - Parameter belongs: whether a client gets its tokens at this door; for any other its secret is wrong here.
    /// - Throws: `TokenFault`, and what keeps a request from being read.
    func issue(
        _ request: Request, _ context: DoorContext, needsGrantType: Bool, to belongs: (Client) -> Bool
    ) async throws -> AccessTokens.Issued {
        let asked = try await TokenRequest.parse(request)
        guard asked.grantType != nil || !needsGrantType else {
            throw TokenFault(error: "invalid_request", description: "grant_type is needed.")
        }
        let client = try await recognise(asked, at: context.remoteAddress, belongs)
        guard asked.grantType ?? "client_credentials" == "client_credentials" else {
            throw TokenFault(
                error: "unsupported_grant_type", description: "grant_type must be client_credentials.")
        }
        context.notes.note { $0.principal = client.principalID }
        return try await tokens.issue(for: client, scopes: try Self.scopes(asked.scope, of: client))
    }

    private func recognise(
        _ asked: TokenRequest, at address: String, _ belongs: (Client) -> Bool
    ) async throws -> Client {
        let caller = "\(asked.clientID) \(address)"
        if let seconds = failures.wait(for: caller) {
            throw TokenFault(
                error: "temporarily_unavailable", description: "Too many wrong secrets; wait before trying again.",
                status: .tooManyRequests, retryAfterSeconds: seconds)
        }
        for (id, secret) in [(asked.clientID, asked.secret), asked.rawBasic].compactMap({ $0 }) {
            if let client = try await clients.recognise(id: id, secret: secret), belongs(client) { return client }
        }
        failures.note(caller)
        throw TokenFault(
            error: "invalid_client", description: "The client is unknown or its secret is wrong.",
            status: .unauthorized, usedBasic: asked.usedBasic)
    }

    private static func scopes(_ asked: String?, of client: Client) throws -> [String] {
        guard let asked else { return client.scopes }
        let words = asked.split(separator: " ").map(String.init)
        guard !words.isEmpty, words.allSatisfy(client.scopes.contains) else {
            throw TokenFault(
                error: "invalid_scope",
                description: "This client may ask for \(TokenFault.ascii(client.scopes.joined(separator: " "))).")
        }
        return words
    }
}

extension AccessTokens.Issued {
    /// As RFC 6749 §5.1 has it.
    var json: JSON.Object {
        [
            "access_token": .string(token), "token_type": "Bearer", "expires_in": .integer(Int64(expiresInSeconds)),
            "scope": .string(scope),
        ]
    }
}
