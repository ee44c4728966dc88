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
        let json = try await body(of: request)
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
                idempotency: try Self.idempotencyKey(
                    of: request, asking: try question.canonical + Array(understood.joined(separator: "\n").utf8)))
        } catch let fault as FieldFault {
            throw Refusal(.invalid, "\(fault)", field: fault.field.isEmpty ? nil : fault.field)
        }
    }

    /// - Throws: `tooLarge` past `limits.body_bytes`, `invalid` for what is not JSON.
    func body(of request: Request) async throws -> JSON {
        try ContentCoding.check(request)
        try Self.checkType(request.headers[.contentType])
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
            throw tooLarge
        }
        do {
            let buffer = try await request.body.collect(upTo: limits.bodyBytes)
            guard buffer.readableBytes > 0 else { throw Refusal(.invalid, "The body is empty; it must be JSON.") }
            return try JSON.parse(buffer)
        } catch let fault as JSON.Fault {
            throw Refusal(.invalid, "The body is not JSON: \(fault).")
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw Self.brokenBody(error)
        }
    }

    /// A client that leaves half way, or whose chunks are no chunks, is no fault of the server.
    static func brokenBody(_ error: any Error) -> any Error {
        if error is Refusal || error is SlowBody || error is Unreadable { return error }
        return Refusal(.invalid, "The body could not be read to its end.")
    }

    /// A body without a type is taken for JSON.
    private static func checkType(_ header: String?) throws {
        guard let header, !header.isEmpty else { return }
        let type = header.prefix { $0 != ";" }.lowercased().replacing(" ", with: "")
        guard type == "application/json" || type.hasSuffix("+json") else {
            throw Refusal(.unsupported, "The body must be application/json.", field: Refusal.mediaTypeField)
        }
    }

    private var tooLarge: Refusal { Refusal(.tooLarge, "A body may have \(limits.bodyBytes) bytes.") }

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

    /// The key covers the request as it was understood, however it was spelled.
    static func idempotencyKey(
        of request: Request, asking understood: @autoclosure () throws -> [UInt8]
    ) throws -> IdempotencyKey? {
        try idempotencyKey(of: request).map {
            try IdempotencyKey(path: request.uri.path, key: $0, request: understood())
        }
    }

    /// The key that a request is sent with, however often it says so.
    /// - Throws: `invalid` for two that differ.
    static func idempotencyKey(of request: Request) throws(Refusal) -> String? {
        var key: String?
        for header in request.headers[values: .idempotencyKey] {
            let other = try IdempotencyKey.parse(header)
            guard key == nil || key == other else {
                throw .invalid("Idempotency-Key", "The request has two Idempotency-Key headers that differ; send one.")
            }
            key = other
        }
        return key
    }

    static func cursor(of request: Request) throws -> Cursor? {
        guard let header = request.headers[.lastEventID], !header.isEmpty else { return nil }
        return try Cursor(parsing: header)
    }

    static func runID(_ context: DoorContext) throws -> ID {
        guard let text = context.parameters.get("run"), let id = ID(uuid: text.removingPercentEncoding ?? text) else {
            throw Refusal(.notFound, "There is no such run.")
        }
        return id
    }
}

/// The dialect's own members beside those of chat completions; null is the same as absent.
struct Fields {
    let object: JSON.Object

    func value(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(Refusal) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw .invalid(key, "\(key): expected a string, got \(value.kind)") }
        return text
    }

    func bool(_ key: String) throws(Refusal) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw .invalid(key, "\(key): expected a boolean, got \(value.kind)") }
        return flag
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
