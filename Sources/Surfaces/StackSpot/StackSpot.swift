package import Domain
package import HTTPTypes
package import Hummingbird

/// StackSpot AI's agents API: docs/dialects/stackspot.md.
package struct StackSpot: Dialect {
    let runs: Runs
    let files: Files
    let conversations: Conversations
    let knowledge: Knowledge
    let uploads: Uploads
    let directory: Directory
    let limits: Limits
    let world: World
    let streams: RunStream
    let answers: WholeAnswer
    let desk: TokenDesk
    let bearer: BearerDoor
    let gate: RateGate
    /// Without a slash at its end.
    let publicURL: String

    package init(_ house: Entrance.Furniture) {
        runs = house.runs
        files = house.files
        conversations = house.conversations
        knowledge = house.knowledge
        uploads = house.uploads
        directory = house.directory
        limits = house.limits
        world = house.world
        streams = house.streams
        answers = house.answers
        desk = house.desk
        bearer = house.bearer
        gate = house.gate
        publicURL = house.publicURL
    }

    package func open(_ doors: Doors) {
        doors.on(.post, ["/{realm}/oidc/oauth/token"], giveToken)
        doors.on(.post, ["/v1/agent/{agent}/chat"], chat)
        doors.on(.get, ["/v1/agent/{agent}/chat/{run}"], follow)
        doors.on(.post, ["/v1/agent/{agent}/chat/{run}/cancel"], cancel)
        doors.on(.get, ["/v4/agents"], listAgents)
        doors.on(.get, ["/v1/llm/models"], listModels)
        doors.on(.post, ["/v1/quick-commands/create-execution/{agent}"], execute)
        doors.on(.get, ["/v1/quick-commands/callback/{execution}"], showExecution)
        doors.on(.post, ["/v2/file-upload/form", "/v1/file-upload/form"], openForm)
        doors.on(.post, ["/uploads/{upload}"], receiveFile)
        doors.on(.get, ["/v1/file-upload/{upload}"], showUpload)
        doors.on(.post, ["/v1/file-upload/{upload}/split"], split)
        doors.on(.post, ["/v1/file-upload/{upload}/knowledge-objects"], index)
        doors.on(.post, ["/v1/knowledge-sources"], addSource)
        doors.on(.get, ["/v2/knowledge-sources"], listSources)
        doors.on(.get, ["/v1/knowledge-sources/{source}"], showSource)
        doors.on(.delete, ["/v1/knowledge-sources/{source}"], removeSource)
        doors.on(.get, ["/v2/knowledge-sources/{source}/objects"], listObjects)
        doors.on(.delete, ["/v1/knowledge-sources/{source}/objects"], removeObjects)
        doors.on(.delete, ["/v1/knowledge-sources/{source}/objects/{object}"], removeObject)
    }

    private static let places = [
        "/v1/agent", "/v1/llm", "/v1/quick-commands", "/v1/file-upload", "/v1/knowledge-sources", "/v2", "/v4",
        "/uploads",
    ]

    package func owns(path: String) -> Bool {
        Self.isTokenPlace(path) || Self.places.contains { path == $0 || path.hasPrefix($0 + "/") }
    }
}
