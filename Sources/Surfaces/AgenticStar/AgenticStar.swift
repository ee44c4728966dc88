package import Domain
package import HTTPTypes
package import Hummingbird

/// AGENTIC STAR's chat API, Marketplace and SaaS editions: docs/dialects/agentic-star.md.
package struct AgenticStar: Dialect {
    /// Where each edition's doors stand.
    static let bases = ["/api/v1", "/v1"]

    let runs: Runs
    let files: Files
    let conversations: Conversations
    let clients: Clients
    let directory: Directory
    let tokens: AccessTokens
    let limits: Limits
    let world: World
    let streams: RunStream
    let failures: TokenFailures
    let publicURL: String

    package init(_ house: Entrance.Furniture) {
        runs = house.runs
        files = house.files
        conversations = house.conversations
        clients = house.clients
        directory = house.directory
        tokens = house.tokens
        limits = house.limits
        world = house.world
        streams = house.streams
        publicURL = house.publicURL
        failures = TokenFailures(perMinute: house.limits.tokenFailuresPerMinute, world: house.world)
    }

    package func open(_ doors: Doors) {
        doors.on(.post, ["/api/v1/auth/external-service-token"], marketplaceToken)
        doors.on(.post, ["/federation/auth/v1/token"], saasToken)
        doors.on(.get, ["/.well-known/jwks.json", "/federation/auth/v1/jwks"], publishKeys)
        doors.on(.get, Self.discoveryPaths, discover)
        doors.on(.post, at("/chat/completions"), chat)
        doors.on(.get, at("/chat/completions/{run}"), reconnect)
        doors.on(.post, at("/chat/completions/{run}/cancel"), cancel)
        doors.on(.get, at("/models"), listModels)
        doors.on(.get, at("/conversations"), listConversations)
        doors.on(.get, at("/conversations/{conversation}"), showConversation)
        doors.on(.get, at("/conversations/{conversation}/messages"), listMessages)
        doors.on(.delete, at("/conversations/{conversation}"), removeConversation)
        doors.on(.post, at("/files"), upload)
    }

    private func at(_ path: String) -> [String] {
        Self.bases.map { $0 + path }
    }

    /// The last dialect of the house also answers for paths that are nobody's.
    package func owns(path: String) -> Bool { true }

    /// Who asks.
    /// - Throws: `unauthenticated` without a valid bearer token, `forbidden` without the scope.
    func principal(of request: Request, _ context: DoorContext) async throws -> Principal {
        let principal = try await context.notes.timing("auth") {
            guard let token = Self.bearer(request.headers[.authorization]) else {
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

    private static func bearer(_ header: String?) -> String? {
        guard let header, header.prefix(7).lowercased() == "bearer " else { return nil }
        let token = header.dropFirst(7).drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
