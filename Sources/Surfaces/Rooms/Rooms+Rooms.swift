import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The doors to rooms, which are conversations with people in them.
extension Rooms {
    func makeRoom(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        let users = try Self.users(try await Body.json(of: request, limits), most: limits.roomUsers)
        let key = try IdempotencyKey(of: request, asking: Array("\(users)".utf8))
        let (id, isRepeated) = try await conversations.begin(
            with: access.agent, participants: users, for: access.principal, idempotency: key, world)
        var response = Self.answer(.string(id.uuid))
        response.headers[.conversationID] = id.uuid
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    func listRooms(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        let page = try ListPage(request)
        let (rows, total) = try await conversations.list(
            AgentPage(
                account: access.key.account, principal: access.principal.id, agent: access.agent.code,
                offset: page.offset, limit: page.size))
        return page.answer(rows.map { Self.render($0, access.agent) }, of: total)
    }

    func showRoom(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        let room = try await room(context.parameter("room"), access)
        return Self.answer(Self.render(room, access.agent))
    }

    /// Ends what is being answered in it, then removes it with its requests. One that is not there is `false`.
    func removeRoom(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        guard let room = try await find(context.parameter("room"), access) else { return Self.answer(false) }
        try await runs.cancelAll(in: room)
        try await conversations.remove(room)
        return Self.answer(true)
    }

    /// - Throws: `forbidden` where there is none, as the source document has it.
    func room(_ id: String, _ access: Access) async throws -> Conversation {
        guard let room = try await find(id, access) else { throw Self.noRoom }
        return room
    }

    static let noRoom = Refusal(
        .forbidden, "The API key is invalid, or the chat room does not exist.", field: "chat_room_id")

    /// A conversation of the key's account with the agent. UUIDs are found in any letter case.
    private func find(_ id: String, _ access: Access) async throws -> Conversation? {
        for spelling in Set([id, ID(uuid: id)?.uuid ?? id]) {
            do {
                let room = try await conversations.conversation(spelling, for: access.principal)
                if room.agent == access.agent.code { return room }
            } catch let refusal as Refusal where refusal.reason == .notFound {
                continue
            }
        }
        return nil
    }
}
