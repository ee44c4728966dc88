package import Domain
import HTTPTypes
package import Hummingbird

/// The agent rooms API: docs/dialects/rooms.md.
package struct Rooms: Dialect {
    static let base = "/api/agent"
    private static let keyHeader = HTTPField.Name("X-API-KEY")!

    let runs: Runs
    let files: Files
    let conversations: Conversations
    let keys: APIKeys
    let directory: Directory
    let limits: Limits
    let world: World
    let streams: RunStream
    let answers: WholeAnswer
    let gate: RateGate
    let links: Links
    let outbound: any Outbound
    /// Without a slash at its end.
    let publicURL: String

    package init(_ house: Entrance.Furniture) {
        runs = house.runs
        files = house.files
        conversations = house.conversations
        keys = house.keys
        directory = house.directory
        limits = house.limits
        world = house.world
        streams = house.streams
        answers = house.answers
        gate = house.gate
        links = house.links
        outbound = house.outbound
        publicURL = house.publicURL
    }

    package func open(_ doors: Doors) {
        let agent = Self.base + "/{code}"
        doors.on(.post, [agent + "/rooms"], makeRoom)
        doors.on(.get, [agent + "/rooms"], listRooms)
        doors.on(.get, [agent + "/rooms/{room}"], showRoom)
        doors.on(.delete, [agent + "/rooms/{room}"], removeRoom)
        doors.on(.post, [agent + "/async"], enqueue)
        doors.on(.post, [agent + "/sse"], ask)
        doors.on(.get, [agent + "/{request}/sse"], follow)
        doors.on(.get, [agent + "/{request}/status", agent + "/{request}/result"], showRequest)
        doors.on(.post, [agent + "/{request}/cancel"], cancel)
    }

    package func owns(path: String) -> Bool {
        path == Self.base || path.hasPrefix(Self.base + "/")
    }

    /// Who asks, and whom.
    /// - Throws: `forbidden` for a key that is none, or may not use the agent; `notFound` for an agent of the key that
    ///   was removed.
    func access(_ request: Request, _ context: DoorContext) async throws -> Access {
        let code = context.parameter("code")
        let key = try await context.notes.timing("auth") {
            guard let letters = request.headers[Self.keyHeader], let key = try await keys.recognise(letters),
                key.agents.contains(code)
            else { throw Refusal(.forbidden, "The API key is invalid, or has no access to the agent.") }
            return key
        }
        context.notes.note { $0.principal = key.principal.id }
        guard let agent = try await directory.agent(code: code), agent.account == key.account else {
            throw Refusal(.notFound, "The agent “\(code)” was removed.")
        }
        return Access(key: key, agent: agent)
    }

    /// - Throws: `limitExceeded` for a request too many.
    func pass(_ access: Access, _ context: DoorContext) async throws {
        let claims = limits.roomsRates.claims(in: "rooms", access.principal, agent: access.agent.code)
        try await gate.pass(claims, context)
    }

    /// A key that was recognised, and the agent that it is shown for.
    struct Access {
        let key: APIKey
        let agent: Agent

        var principal: Principal { key.principal }
    }
}
