import Domain
import NIOCore
import NIOHTTP1
import Wire

/// How any chat-completions server is asked (OpenAI, vLLM, Ollama, llama.cpp, many clouds).
struct ChatCompletionsFormat: AskingFormat {
    var hasEmbeddings: Bool { true }

    func questionURL(_ base: String) -> String {
        base + "/chat/completions"
    }

    func modelsURL(_ base: String) -> String {
        base + "/models"
    }

    func headers(_ key: UpstreamKey?) -> HTTPHeaders {
        guard let key else { return [:] }
        return ["Authorization": "Bearer \(key.secret)"]
    }

    func body(_ prompt: Prompt, streams: Bool, quirks: Quirks) -> ByteBuffer {
        let includesUsage = streams && !quirks.contains(.noStreamOptions)
        var buffer = ByteBuffer()
        Self.adapted(Self.asked(prompt, streams: streams, includesUsage), quirks, streams: streams)
            .render(into: &buffer)
        return buffer
    }

    private static func asked(_ prompt: Prompt, streams: Bool, _ includesUsage: Bool) -> JSON {
        guard let passed = prompt.passed else {
            var request = prompt.request(streams: streams)
            request.includeUsage = includesUsage
            return request.render()
        }
        guard includesUsage, var members = prompt.passedOn(passed).object else { return prompt.passedOn(passed) }
        members["stream_options"] = ["include_usage": true]
        return .object(members)
    }

    func lesson(_ body: String) -> Quirks {
        var lesson = Quirks()
        if body.contains("stream_options") { lesson.insert(.noStreamOptions) }
        if body.contains("max_completion_tokens") { lesson.insert(.completionTokens) }
        return lesson
    }

    func reader() -> any AnswerReader {
        ChatCompletionsReader()
    }

    /// `stream` is always said: some servers stream unless told otherwise.
    private static func adapted(_ request: JSON, _ quirks: Quirks, streams: Bool) -> JSON {
        guard var members = request.object else { return request }
        members["stream"] = .bool(streams)
        if quirks.contains(.completionTokens), let limit = members["max_tokens"] {
            members["max_tokens"] = nil
            members["max_completion_tokens"] = limit
        }
        return .object(members)
    }
}
