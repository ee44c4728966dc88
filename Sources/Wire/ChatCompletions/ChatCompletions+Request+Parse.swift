extension ChatCompletions.Request {
    /// How much one request may hold.
    package struct Limits: Equatable, Sendable {
        package var messages: Int

        package init(messages: Int) {
            self.messages = messages
        }
    }

    /// Reads a caller's request. Null is the same as absent, and members it does not know are only kept in `raw`.
    package static func parse(_ json: JSON, limits: Limits) throws(FieldFault) -> Self {
        let fields = try FieldReader(json, path: "")
        var request = Self(
            model: try fields.requiredString("model"), messages: try messages(fields, limit: limits.messages))
        request.stream = try fields.bool("stream") ?? false
        request.includeUsage = try fields.object("stream_options")?.bool("include_usage") ?? false
        request.temperature = try fields.number("temperature", in: 0...2)
        let leastTokens = try fields.integer("max_tokens", atLeast: 1)
        request.maxTokens = try fields.integer("max_completion_tokens", atLeast: 1) ?? leastTokens
        request.stop = try stop(fields)
        request.user = try fields.string("user")
        request.metadata = try metadata(fields)
        request.tools = try tools(fields)
        request.toolChoice = fields.value("tool_choice")
        request.raw = fields.object
        return request
    }

    private static func messages(
        _ fields: FieldReader, limit: Int
    ) throws(FieldFault) -> [ChatCompletions.Message] {
        guard let elements = try fields.array("messages") else { throw fields.fault("messages", "is required") }
        guard !elements.isEmpty else { throw fields.fault("messages", "must hold at least one message") }
        guard elements.count <= limit else { throw fields.fault("messages", "must hold at most \(limit) messages") }
        var messages: [ChatCompletions.Message] = []
        for (place, element) in elements.enumerated() {
            messages.append(try ChatCompletions.Message.parse(element, path: "messages[\(place)]"))
        }
        return messages
    }

    private static func stop(_ fields: FieldReader) throws(FieldFault) -> [String] {
        guard let value = fields.value("stop") else { return [] }
        if let text = value.string { return [text] }
        guard let elements = value.array else {
            throw fields.fault("stop", "expected a string or an array of strings, got \(value.kind)")
        }
        guard elements.count <= 4 else { throw fields.fault("stop", "must hold at most 4 strings") }
        var texts: [String] = []
        for (place, element) in elements.enumerated() {
            guard let text = element.string else {
                throw fields.fault("stop[\(place)]", "expected a string, got \(element.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    private static func metadata(_ fields: FieldReader) throws(FieldFault) -> JSON.Object? {
        guard let metadata = try fields.object("metadata") else { return nil }
        for member in metadata.object.members where member.value.string == nil {
            throw metadata.fault(member.key, "expected a string, got \(member.value.kind)")
        }
        return metadata.object
    }

    private static func tools(_ fields: FieldReader) throws(FieldFault) -> [JSON] {
        let tools = try fields.array("tools") ?? []
        for (place, tool) in tools.enumerated() { _ = try FieldReader(tool, path: "tools[\(place)]") }
        return tools
    }
}

extension ChatCompletions.Message {
    package static func parse(_ json: JSON, path: String) throws(FieldFault) -> Self {
        let fields = try FieldReader(json, path: path)
        let word = try fields.requiredString("role")
        guard let role = ChatCompletions.Role(rawValue: word) else {
            throw fields.fault("role", "must be system, developer, user, assistant or tool")
        }
        var message = Self(role: role, content: try content(fields, role: role))
        message.name = try fields.string("name")
        message.toolCalls = try toolCalls(fields)
        message.toolCallID = try fields.string("tool_call_id")
        if role == .tool, message.toolCallID == nil { throw fields.fault("tool_call_id", "is required") }
        return message
    }

    /// Only an assistant may have said nothing.
    private static func content(
        _ fields: FieldReader, role: ChatCompletions.Role
    ) throws(FieldFault) -> [ChatCompletions.Part] {
        guard let value = fields.value("content") else {
            guard role == .assistant else { throw fields.fault("content", "is required") }
            return []
        }
        if let text = value.string { return [.text(text)] }
        guard let elements = value.array else {
            throw fields.fault("content", "expected a string or an array of parts, got \(value.kind)")
        }
        var parts: [ChatCompletions.Part] = []
        for (place, element) in elements.enumerated() {
            parts.append(try ChatCompletions.Part.parse(element, path: fields.path(of: "content[\(place)]")))
        }
        return parts
    }

    private static func toolCalls(_ fields: FieldReader) throws(FieldFault) -> [JSON] {
        let calls = try fields.array("tool_calls") ?? []
        for (place, call) in calls.enumerated() {
            _ = try FieldReader(call, path: fields.path(of: "tool_calls[\(place)]"))
        }
        return calls
    }
}

extension ChatCompletions.Part {
    package static func parse(_ json: JSON, path: String) throws(FieldFault) -> Self {
        let fields = try FieldReader(json, path: path)
        switch try fields.requiredString("type") {
        case "text": return .text(try fields.requiredString("text"))
        case "image_url":
            if let url = fields.value("image_url")?.string { return .imageURL(url) }
            guard let image = try fields.object("image_url") else { throw fields.fault("image_url", "is required") }
            return .imageURL(try image.requiredString("url"))
        default: return .other(json)
        }
    }
}
