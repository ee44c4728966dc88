import Domain
import Wire

/// A question in the words of chat completions, from which every other format is made.
extension Prompt {
    func request(streams: Bool) -> ChatCompletions.Request {
        if let passed { return passedRequest(passed, streams: streams) }
        var request = ChatCompletions.Request(model: model, messages: turns.map(\.message))
        request.stream = streams
        request.temperature = temperature
        request.maxTokens = maxOutputTokens
        request.stop = stop
        request.user = user
        request.metadata = members
        return request
    }

    /// The request that goes through as it came.
    var passed: JSON.Object? {
        passthrough.flatMap { try? JSON.parse($0.json).object }
    }

    /// As a server is asked that knows chat completions: what the prompt says itself counts, not what was written.
    func passedOn(_ passed: JSON.Object) -> JSON {
        var members = passed
        members["model"] = .string(model)
        members["max_completion_tokens"] = nil
        members["max_tokens"] = maxOutputTokens.map { .integer(Int64($0)) }
        members["stream_options"] = nil
        return .object(members)
    }

    private func passedRequest(_ passed: JSON.Object, streams: Bool) -> ChatCompletions.Request {
        let json = passedOn(passed)
        // Its door has read it so before.
        var request =
            (try? ChatCompletions.Request.parse(json, limits: .init(messages: .max)))
            ?? ChatCompletions.Request(model: model, messages: [])
        request.stream = streams
        return request
    }

    private var members: JSON.Object? {
        guard !metadata.isEmpty else { return nil }
        var members = JSON.Object()
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { members[name] = .string(value) }
        return members
    }
}

extension Prompt.Turn {
    fileprivate var message: ChatCompletions.Message {
        ChatCompletions.Message(role: spokenRole, content: content)
    }

    /// Every server knows `system`; few but OpenAI's know `developer`. A tool's message needs the call it answers,
    /// which a conversation does not hold, so its text is the user's to tell.
    private var spokenRole: ChatCompletions.Role {
        switch role {
        case .system, .developer: .system
        case .user, .tool: .user
        case .assistant: .assistant
        }
    }

    /// Text alone is one part, which goes out as a plain string.
    private var content: [ChatCompletions.Part] {
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        guard texts.count < parts.count else { return [.text(texts.joined(separator: "\n"))] }
        return parts.map { part in
            switch part {
            case .text(let text): .text(text)
            case .image(let url): .imageURL(url)
            }
        }
    }
}
