import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The two token endpoints. Marketplace wraps answers in `success`; SaaS speaks RFC 6749 to the letter.
extension AgenticStar {
    func marketplaceToken(_ request: Request, _ context: DoorContext) async throws -> Response {
        try await token(request, context, needsGrantType: false) { issued in
            [
                "success": true, "access_token": .string(issued.token), "token_type": "Bearer",
                "expires_in": .integer(Int64(issued.expiresInSeconds)), "scope": .string(issued.scope),
            ]
        }
    }

    func saasToken(_ request: Request, _ context: DoorContext) async throws -> Response {
        try await token(request, context, needsGrantType: true) { issued in
            [
                "access_token": .string(issued.token), "token_type": "Bearer",
                "expires_in": .integer(Int64(issued.expiresInSeconds)), "scope": .string(issued.scope),
            ]
        }
    }

    private func token(
        _ request: Request, _ context: DoorContext, needsGrantType: Bool,
        granted: (AccessTokens.Issued) -> JSON
    ) async throws -> Response {
        do {
            let issued = try await issue(request, context, needsGrantType: needsGrantType)
            var response = Self.answer(granted(issued))
            response.forbidStoring()
            return response
        } catch let fault as TokenFault {
            return fault.response(isWrapped: Self.isMarketplace(request.uri.path))
        }
    }

    private func issue(
        _ request: Request, _ context: DoorContext, needsGrantType: Bool
    ) async throws -> AccessTokens.Issued {
        let asked = try await TokenRequest.parse(request)
        guard asked.grantType != nil || !needsGrantType else {
            throw TokenFault(error: "invalid_request", description: "grant_type is needed.")
        }
        let client = try await recognise(asked, at: context.remoteAddress)
        guard asked.grantType ?? "client_credentials" == "client_credentials" else {
            throw TokenFault(
                error: "unsupported_grant_type", description: "grant_type must be client_credentials.")
        }
        context.notes.note { $0.principal = "client:\(client.id)" }
        return try await tokens.issue(for: client, scopes: try Self.scopes(asked.scope, of: client))
    }

    private func recognise(_ asked: TokenRequest, at address: String) async throws -> Client {
        let caller = "\(asked.clientID) \(address)"
        if let seconds = failures.wait(for: caller) {
            throw TokenFault(
                error: "temporarily_unavailable", description: "Too many wrong secrets; wait before trying again.",
                status: .tooManyRequests, retryAfterSeconds: seconds)
        }
        if let client = try await clients.recognise(id: asked.clientID, secret: asked.secret) { return client }
        if let raw = asked.rawBasic, let client = try await clients.recognise(id: raw.clientID, secret: raw.secret) {
            return client
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
