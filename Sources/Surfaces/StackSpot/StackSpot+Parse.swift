import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Wire

/// From this dialect's requests to the domain's values.
extension StackSpot {
    /// A chat request as it was understood; what it names is yet to be looked for.
    struct ChatRequest {
        var question: Question
        var usesConversation: Bool
        /// As the client calls it.
        var conversation: String?
        var uploads: [ID]
        var sources: [Named]
        var streams: Bool
        var tellsSources: Bool

        /// The same bytes for the same request, however its ids are spelled.
        /// - Parameter question: with the files and sources that the request names.
        func canonical(_ question: Question) throws -> [UInt8] {
            let said: JSON = [
                "conversation": conversation.map { .string(StackSpot.oneSpelling(of: $0)) } ?? .bool(usesConversation),
                "streams": .bool(streams), "sources": .bool(tellsSources),
            ]
            return try question.canonical + Array(said.render().utf8)
        }
    }

    /// A word of a request that names something, with the place where it stands.
    struct Named {
        var field: String
        var name: String
    }

    static func fields(of request: Request, _ limits: Limits) async throws -> Fields {
        guard let object = try await Body.json(of: request, limits).object else {
            throw Refusal(.invalid, "The body must be a JSON object.")
        }
        return Fields(object: object)
    }

    func parseChat(_ request: Request) async throws -> ChatRequest {
        let fields = try await Self.fields(of: request, limits)
        var question = Question(messages: [Message(.user, try Self.prompt(fields))])
        question.searchesDeep = try fields.flag("deep_search_ks") == true ? true : nil
        question.model = try fields.string(Self.modelField)
        // There is no documentation of StackSpot here: the agent's own sources are always used, and nothing besides.
        _ = try fields.flag("stackspot_knowledge")
        let usesConversation = try fields.flag("use_conversation")
        // Some clients send an empty one with the first turn, others one that they do not want to be used.
        let named = try fields.string("conversation_id").flatMap { $0.isEmpty ? nil : $0 }
        let conversation = usesConversation == false ? nil : named
        let sources = try ["knowledge_source_ids", "knowledge_sources"].flatMap { try fields.names($0) }
        return ChatRequest(
            question: question, usesConversation: usesConversation ?? false, conversation: conversation,
            uploads: try Self.uploads(fields), sources: sources,
            streams: try fields.flag("streaming") ?? false,
            tellsSources: try fields.flag(Self.sourcesField) ?? false)
    }

    static let sourcesField = "return_ks_in_response"

    /// Both spellings are the source document's; the first one counts.
    private static func prompt(_ fields: Fields) throws(Refusal) -> String {
        guard let value = fields.value("user_prompt") ?? fields.value("user-prompt") else {
            throw .invalid("user_prompt", "user_prompt: the question is missing.")
        }
        guard let text = value.string else {
            throw .invalid("user_prompt", "user_prompt: expected a string, got \(value.kind)")
        }
        guard !text.isEmpty else { throw .invalid("user_prompt", "user_prompt: the question is empty.") }
        return text
    }

    static func uploads(_ fields: Fields) throws(Refusal) -> [ID] {
        var ids: [ID] = []
        for named in try fields.names("upload_ids") {
            guard let id = ID(spelled: named.name) else {
                throw .invalid(named.field, "\(named.field): an upload's id is a ULID, as its form was answered.")
            }
            ids.append(id)
        }
        return ids
    }

    /// A word of the query that is yes or no.
    static func flag(_ name: String, of request: Request) throws(Refusal) -> Bool? {
        guard let text = request.uri.queryParameters.get(name), !text.isEmpty else { return nil }
        guard let flag = Bool(text.lowercased()) else { throw .invalid(name, "\(name) is true or false.") }
        return flag
    }

    /// An id in the path, in either spelling.
    static func id(_ name: String, _ context: DoorContext) throws(Refusal) -> ID {
        guard let id = ID(spelled: context.parameter(name)) else {
            throw Refusal(.notFound, "There is no such \(name).")
        }
        return id
    }
}

extension Fields {
    /// As this dialect's clients write it: true, or "true".
    func flag(_ key: String) throws(Refusal) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool ?? value.string.flatMap({ Bool($0.lowercased()) }) else {
            throw .invalid(key, "\(key): expected true or false, got \(value.kind)")
        }
        return flag
    }

    /// A list of names, each with its place.
    func names(_ key: String) throws(Refusal) -> [StackSpot.Named] {
        var names: [StackSpot.Named] = []
        for (place, item) in (try array(key) ?? []).enumerated() {
            let field = "\(key)[\(place)]"
            guard let name = item.string else {
                throw .invalid(field, "\(field): expected a string, got \(item.kind)")
            }
            names.append(StackSpot.Named(field: field, name: name))
        }
        return names
    }
}
