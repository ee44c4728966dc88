import Domain
import Hummingbird
import Wire

/// From the domain's values to this dialect's answers.
extension AgenticStar {
    /// The name under which clients of both editions ask.
    static let modelName = "AGENTIC STAR"

    /// A run that ended, as one chat completion, or the error of one that failed.
    func completion(of run: Run) async throws -> Response {
        if let refusal = run.refusal { return Refusing.refuse(refusal, in: Self.refuse) }
        let word = run.finishReason?.word ?? "cancelled"
        let usage = run.usage ?? .estimate(inputBytes: 0, outputBytes: run.answer.utf8.count)
        var message: JSON.Object = [
            "role": "assistant", "content": .string(run.answer), "refusal": .null, "messageInfo": Self.names(of: run),
        ]
        if run.finishReason == .toolCalls {
            message["tool_calls"] = .array(ToolCalls(try await runs.toolCalls(of: run)).whole)
        }
        return Self.answer([
            "id": .string("chatcmpl-\(run.id.uuid)"), "object": "chat.completion",
            "created": .integer(run.createdAt.seconds), "createdAt": .string(run.createdAt.iso8601),
            "model": .string(run.question.modelName ?? Self.modelName),
            "choices": [
                [
                    "index": 0, "finishReason": .string(word), "finish_reason": .string(word), "logprobs": .null,
                    "message": .object(message),
                ]
            ],
            "usage": usage.json,
        ])
    }

    /// `messageInfo`: what an answer belongs to.
    static func names(of run: Run) -> JSON {
        [
            "messageId": .string(run.answerID.uuid), "conversationId": .string(run.conversation),
            "runId": .string(run.id.uuid),
        ]
    }

    /// A step that is over.
    static func task(_ step: Step, of run: Run, at moment: Timestamp) -> JSON {
        [
            "messageId": .string(run.answerID.uuid), "conversationId": .string(run.conversation),
            "actionType": "tool_result", "callId": .string(step.id), "title": .string(step.name),
            "status": .string(step.failure == nil ? "completed" : "failed"),
            "timestamp": .integer(moment.milliseconds),
        ]
    }

    /// A run that is still being answered.
    static func progress(of run: Run) -> Response {
        answer(
            [
                "runId": .string(run.id.uuid), "conversationId": .string(run.conversation),
                "status": .string(run.status.rawValue),
            ], status: run.status.isOver ? .ok : .accepted)
    }

    static func render(_ conversation: Conversation) -> JSON {
        [
            "id": .string(conversation.id), "agentId": .string(conversation.agent),
            "createdAt": .string(conversation.createdAt.iso8601), "updatedAt": .string(conversation.updatedAt.iso8601),
        ]
    }

    /// One of the messages that a run added: what was asked, then what was answered.
    static func message(_ index: Int, of run: Run) -> JSON {
        guard index < run.question.messages.count else { return answer(of: run) }
        let message = run.question.messages[index]
        return [
            "id": .string("\(run.id.uuid).\(index)"), "role": .string(message.role.rawValue),
            "content": .string(message.text), "files": .array(message.files.map { .string($0.uuid) }),
            "createdAt": .string(run.createdAt.iso8601), "runId": .string(run.id.uuid),
        ]
    }

    private static func answer(of run: Run) -> JSON {
        [
            "id": .string(run.answerID.uuid), "role": "assistant", "content": .string(run.answer),
            "createdAt": .string((run.endedAt ?? run.createdAt).iso8601), "runId": .string(run.id.uuid),
            "finishReason": .string(run.finishReason?.word ?? (run.status == .canceled ? "cancelled" : "error")),
        ]
    }

    static func render(_ file: StoredFile) -> JSON {
        [
            "id": .string(file.id.uuid), "object": "file", "filename": .string(file.filename),
            "bytes": .integer(Int64(file.bytes)), "mimeType": .string(file.mediaType),
            "createdAt": .string(file.createdAt.iso8601), "created_at": .integer(file.createdAt.seconds),
        ]
    }

    static func render(_ agent: Agent) -> JSON {
        [
            "id": .string(agent.code), "object": "model", "created": .integer(agent.createdAt.seconds),
            "owned_by": "rialto", "name": .string(agent.name),
        ]
    }
}

extension Usage {
    var json: JSON {
        [
            "prompt_tokens": .integer(Int64(inputTokens)), "completion_tokens": .integer(Int64(outputTokens)),
            "total_tokens": .integer(Int64(inputTokens + outputTokens)),
        ]
    }
}
