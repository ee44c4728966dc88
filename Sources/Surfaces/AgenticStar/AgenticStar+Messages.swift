import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The door to what was said in a conversation.
extension AgenticStar {
    /// A page ends at its number of messages or before the one that would make it too large.
    func listMessages(_ request: Request, _ context: DoorContext) async throws -> Response {
        let page = MessagePage(
            conversation: try await conversation(request, context), limit: try Self.limit(request),
            bytes: limits.pageBytes, newestFirst: try Self.isNewestFirst(request, usually: false),
            start: try Self.messagePlace(request))
        var body = ByteBuffer(string: "{\"data\":[")
        var isEmpty = true
        let next = try await conversations.messages(page) { run, index in
            let before = body.writerIndex
            if !isEmpty { body.writeStaticString(",") }
            Self.message(index, of: run).render(into: &body)
            guard isEmpty || body.readableBytes <= limits.pageBytes else {
                body.moveWriterIndex(to: before)
                return false
            }
            isEmpty = false
            return true
        }
        let cursor = next.map { "\"" + Self.cursor(at: $0) + "\"" } ?? "null"
        body.writeString("],\"hasMore\":\(next != nil),\"cursor\":\(cursor)}")
        return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }

    /// A cursor is `<run>.<index>` of the next message, then the runs whose answers are to come, in base64url; opaque
    /// to clients.
    private static func cursor(at place: MessagePlace) -> String {
        let words = [place.run.uuid, "\(place.index)"] + place.unanswered.map(\.uuid)
        return Secret.base64URL(Array(words.joined(separator: ".").utf8))
    }

    private static func messagePlace(_ request: Request) throws -> MessagePlace? {
        guard let words = try cursor(request)?.split(separator: ".", omittingEmptySubsequences: false) else {
            return nil
        }
        let unanswered = words.dropFirst(2).compactMap { ID(uuid: $0) }
        guard words.count >= 2, let run = ID(uuid: words[0]), let index = Int(words[1]), index >= 0,
            unanswered.count == words.count - 2, unanswered.count <= MessagePlace.mostUnanswered
        else { throw strangeCursor }
        return MessagePlace(run: run, index: index, unanswered: unanswered)
    }
}
