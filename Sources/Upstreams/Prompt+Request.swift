import Domain
import Wire

/// A question in the words of chat completions, from which every other format is made.
extension Prompt {
    func request(streams: Bool) -> ChatCompletions.Request {
        var request = ChatCompletions.Request(model: model, messages: turns.map(\.message))
        request.stream = streams
        request.temperature = temperature
        request.maxTokens = maxOutputTokens
        request.stop = stop
        request.user = user
        request.metadata = members
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
