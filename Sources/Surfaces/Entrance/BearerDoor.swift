import Domain
import HTTPTypes
import Hummingbird

/// Recognises who asks by the access token that comes with a request.
struct BearerDoor: Sendable {
    let tokens: AccessTokens

    /// - Throws: `unauthenticated` without a valid bearer token, `forbidden` without the scope.
    func principal(of request: Request, _ context: DoorContext) async throws -> Principal {
        let principal = try await context.notes.timing("auth") {
            guard let token = Self.token(request.headers[.authorization]) else {
                throw Refusal(.unauthenticated, "An access token is needed: “Authorization: Bearer …”.")
            }
            return try await tokens.principal(bearing: token)
        }
        context.notes.note { $0.principal = principal.id }
        guard Scope.allowsChat(principal.scopes) else {
            throw Refusal(.forbidden, "The access token lacks the scope \(Scope.chat).")
        }
        return principal
    }

    static func token(_ header: String?) -> String? {
        guard let header, header.prefix(7).lowercased() == "bearer " else { return nil }
        let token = header.dropFirst(7).drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
