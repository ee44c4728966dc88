import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// From this dialect's requests to the domain's values.
extension AgenticStar {
    /// A chat request as it was understood.
    struct ChatRequest {
        var question: Question
        var agent: String?
        var conversation: String?
        var files: [ID]
        var streams: Bool
        var idempotency: IdempotencyKey?
    }

    func parseChat(_ request: Request) async throws -> ChatRequest {
        let json = try await Body.json(of: request, limits)
        do {
            let asked = try ChatCompletions.Request.parse(json, limits: .init(messages: limits.messages))
            var question = try Self.question(asked)
            let fields = Fields(object: asked.raw)
            question.asAgent = try fields.bool("agentMode") ?? true
            question.highPerformance = try Self.level(fields)
            let conversation = try fields.string("conversationId")
            if let conversation { try Conversation.check(id: conversation) }
            let files = try Self.fileIDs(fields)
            question.attach(files)
            question.includesUsage = asked.includeUsage
            let agent = try fields.string("agentId")
            let understood = [agent ?? "", conversation ?? "", asked.stream ? "stream" : "whole"]
            return ChatRequest(
                question: question, agent: agent, conversation: conversation, files: files, streams: asked.stream,
                idempotency: try IdempotencyKey(
                    of: request, asking: try question.canonical + Array(understood.joined(separator: "\n").utf8)))
        } catch let fault as FieldFault {
            throw Refusal(.invalid, "\(fault)", field: fault.field.isEmpty ? nil : fault.field)
        }
    }

    private static func question(_ asked: ChatCompletions.Request) throws -> Question {
        var messages: [Message] = []
        for (index, message) in asked.messages.enumerated() {
            messages.append(try self.message(message, at: "messages[\(index)]"))
        }
        var question = Question(messages: messages)
        question.temperature = asked.temperature
        question.maxOutputTokens = asked.maxTokens
        question.stop = asked.stop
        question.user = asked.user
        for member in asked.metadata?.members ?? [] { question.metadata[member.key] = member.value.string }
        question.modelName = asked.model
        return question
    }

    private static func message(_ message: ChatCompletions.Message, at path: String) throws -> Message {
        guard message.role != .tool, message.toolCalls.isEmpty,
            let role = Message.Role(rawValue: message.role.rawValue)
        else {
            throw Refusal(
                .unsupported, "An agent runs its own tools: tool messages are not taken.", field: path + ".role")
        }
        var parts: [Message.Part] = []
        for (index, part) in message.content.enumerated() {
            switch part {
            case .text(let text): parts.append(.text(text))
            case .imageURL(let url): parts.append(.image(url: url))
            case .other(let json):
                let kind = json["type"]?.string ?? "?"
                throw Refusal(
                    .unsupported, "Parts of type “\(kind)” are not taken.", field: "\(path).content[\(index)].type")
            }
        }
        return Message(role: role, parts: parts)
    }

    private static func level(_ fields: Fields) throws -> Bool {
        switch try fields.string("agentLevel") {
        case nil, "default": return false
        case "high_performance": return true
        default: throw Refusal.invalid("agentLevel", "agentLevel is default or high_performance.")
        }
    }

    private static func fileIDs(_ fields: Fields) throws -> [ID] {
        guard let value = fields.value("files") else { return [] }
        guard let list = value.array else { throw Refusal.invalid("files", "files is an array of file ids.") }
        return try list.enumerated().map { index, item in
            guard let text = item.string, let id = ID(uuid: text) else {
                throw Refusal.invalid("files[\(index)]", "A file's id is a UUID, as its upload answered.")
            }
            return id
        }
    }

    static func runID(_ context: DoorContext) throws -> ID {
        guard let id = ID(uuid: context.parameter("run")) else {
            throw Refusal(.notFound, "There is no such run.")
        }
        return id
    }
}

extension Question {
    /// Adds uploads to the last thing the user says.
    fileprivate mutating func attach(_ files: [ID]) {
        guard !files.isEmpty else { return }
        let place = messages.lastIndex { $0.role == .user } ?? messages.count - 1
        messages[place].parts += files.map { .file(id: $0) }
    }
}
