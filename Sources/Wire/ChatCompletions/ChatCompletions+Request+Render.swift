extension ChatCompletions.Request {
    /// The body to send to a chat-completions server. What is not set is left out; `raw` is never sent.
    package func render() -> JSON {
        var body: JSON.Object = ["model": .string(model), "messages": .array(messages.map { $0.render() })]
        if stream { body["stream"] = true }
        if stream, includeUsage { body["stream_options"] = ["include_usage": true] }
        if let temperature { body["temperature"] = .number(temperature) }
        if let maxTokens { body["max_tokens"] = .integer(Int64(maxTokens)) }
        if !stop.isEmpty { body["stop"] = .array(stop.map(JSON.string)) }
        if let user { body["user"] = .string(user) }
        if let metadata { body["metadata"] = .object(metadata) }
        if !tools.isEmpty { body["tools"] = .array(tools) }
        if let toolChoice { body["tool_choice"] = toolChoice }
        return .object(body)
    }
}

extension ChatCompletions.Message {
    package func render() -> JSON {
        var message: JSON.Object = ["role": .string(role.rawValue), "content": renderContent()]
        if let name { message["name"] = .string(name) }
        if !toolCalls.isEmpty { message["tool_calls"] = .array(toolCalls) }
        if let toolCallID { message["tool_call_id"] = .string(toolCallID) }
        return .object(message)
    }

    /// A plain string wherever that says it all: not every server knows parts.
    private func renderContent() -> JSON {
        if content.isEmpty { return toolCalls.isEmpty ? "" : .null }
        if content.count == 1, case .text(let text) = content[0] { return .string(text) }
        return .array(content.map { $0.render() })
    }
}

extension ChatCompletions.Part {
    package func render() -> JSON {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .imageURL(let url): ["type": "image_url", "image_url": ["url": .string(url)]]
        case .other(let part): part
        }
    }
}
