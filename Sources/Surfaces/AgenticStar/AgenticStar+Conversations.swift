import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Wire

/// The doors to what was said before.
extension AgenticStar {
    static let pageLimit = 100
    static let usualPage = 20

    func listConversations(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let limit = try Self.limit(request)
        let newestFirst = try Self.isNewestFirst(request, usually: true)
        let (rows, hasMore) = try await conversations.list(
            ConversationPage(
                account: principal.account, principal: principal.id, limit: limit, newestFirst: newestFirst,
                after: try Self.place(request)))
        let cursor = hasMore ? rows.last.map(Self.cursor(after:)) : nil
        return Self.answer([
            "data": .array(rows.map(Self.render)), "hasMore": .bool(hasMore),
            "cursor": cursor.map { .string($0) } ?? .null,
        ])
    }

    func showConversation(_ request: Request, _ context: DoorContext) async throws -> Response {
        Self.answer(Self.render(try await conversation(request, context)))
    }

    /// Ends what is being answered in it, then removes it with its runs.
    func removeConversation(_ request: Request, _ context: DoorContext) async throws -> Response {
        let conversation = try await conversation(request, context)
        try await runs.cancelAll(in: conversation)
        try await conversations.remove(conversation)
        return Self.answer(["id": .string(conversation.id), "deleted": true])
    }

    func conversation(_ request: Request, _ context: DoorContext) async throws -> Conversation {
        let principal = try await bearer.principal(of: request, context)
        return try await conversations.conversation(context.parameter("conversation"), for: principal)
    }

    static func limit(_ request: Request) throws -> Int {
        try request.number("limit", usually: usualPage, most: pageLimit)
    }

    static func isNewestFirst(_ request: Request, usually: Bool) throws -> Bool {
        switch request.uri.queryParameters.get("order") {
        case nil: return usually
        case "desc": return true
        case "asc": return false
        default: throw Refusal.invalid("order", "order is asc or desc.")
        }
    }

    /// A cursor is `<milliseconds>.<id>` in base64url, opaque to clients.
    private static func cursor(after row: Conversation) -> String {
        Secret.base64URL(Array("\(row.updatedAt.milliseconds).\(row.id)".utf8))
    }

    private static func place(_ request: Request) throws -> (updatedAt: Timestamp, id: String)? {
        guard let text = try cursor(request) else { return nil }
        let halves = text.split(separator: ".", maxSplits: 1)
        guard halves.count == 2, let milliseconds = Int64(halves[0]) else { throw strangeCursor }
        return (Timestamp(milliseconds: milliseconds), String(halves[1]))
    }

    /// What stands within the cursor of a page.
    static func cursor(_ request: Request) throws -> String? {
        guard let text = request.uri.queryParameters.get("cursor"), !text.isEmpty else { return nil }
        guard let bytes = Secret.bytes(base64URL: String(text)) else { throw strangeCursor }
        return String(decoding: bytes, as: UTF8.self)
    }

    static let strangeCursor = Refusal.invalid("cursor", "cursor is not one that this server has given.")
}
