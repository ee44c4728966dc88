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
    let directory: Directory
    let tokens: AccessTokens
    let limits: Limits
    let world: World
    let streams: RunStream
    let answers: WholeAnswer
    let desk: TokenDesk
    let bearer: BearerDoor
    let gate: RateGate
    let publicURL: String

    package init(_ house: Entrance.Furniture) {
        runs = house.runs
        files = house.files
        conversations = house.conversations
        directory = house.directory
        tokens = house.tokens
        limits = house.limits
        world = house.world
        streams = house.streams
        answers = house.answers
        publicURL = house.publicURL
        desk = house.desk
        bearer = house.bearer
        gate = house.gate
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
}
