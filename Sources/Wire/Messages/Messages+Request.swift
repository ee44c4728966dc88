extension Messages {
    /// The body to send to a Messages server: system and developer messages become `system`, neighbours of the same
    /// role one message, tool calls and their results blocks. A conversation that does not begin with the user gets a
    /// first message in the user's name, as the API demands one.
    package static func render(_ request: ChatCompletions.Request) -> JSON {
        var body: JSON.Object = ["model": .string(request.model)]
        body["max_tokens"] = .integer(Int64(request.maxTokens ?? defaultMaxTokens))
        let system = request.messages.filter { $0.role.isSystem }.map(\.text).filter { !$0.isEmpty }
        if !system.isEmpty { body["system"] = .string(system.joined(separator: "\n\n")) }
        body["messages"] = .array(turns(request.messages.filter { !$0.role.isSystem }).map { $0.render() })
        if let temperature = request.temperature { body["temperature"] = .number(min(max(temperature, 0), 1)) }
        let stop = request.stop.filter { !$0.allSatisfy(\.isWhitespace) }
        if !stop.isEmpty { body["stop_sequences"] = .array(stop.map(JSON.string)) }
        if request.stream { body["stream"] = true }
        if let user = request.user { body["metadata"] = ["user_id": .string(user)] }
        let tools = request.tools.compactMap(tool)
        if !tools.isEmpty { body["tools"] = .array(tools) }
        if !tools.isEmpty, let choice = request.toolChoice.flatMap(toolChoice) { body["tool_choice"] = choice }
        return .object(body)
    }

    /// Everything one side says before the other speaks.
    private struct Turn {
        let role: String
        var blocks: [JSON]

        func render() -> JSON {
            ["role": .string(role), "content": .array(blocks)]
        }
    }

    private static func turns(_ messages: [ChatCompletions.Message]) -> [Turn] {
        var turns: [Turn] = []
        for message in messages {
            let blocks = blocks(message)
            guard !blocks.isEmpty else { continue }
            let role = message.role == .assistant ? "assistant" : "user"
            if turns.last?.role == role {
                turns[turns.count - 1].blocks += blocks
            } else {
                turns.append(Turn(role: role, blocks: blocks))
            }
        }
        if turns.first?.role != "user" {
            turns.insert(Turn(role: "user", blocks: [["type": "text", "text": "Continue."]]), at: 0)
        }
        return turns
    }

    private static func tool(_ tool: JSON) -> JSON? {
        guard let function = tool["function"], let name = function["name"] else { return nil }
        var rendered: JSON.Object = ["name": name]
        rendered["description"] = function["description"]
        rendered["input_schema"] = function["parameters"] ?? ["type": "object"]
        return .object(rendered)
    }

    private static func toolChoice(_ choice: JSON) -> JSON? {
        if let name = choice["function"]?["name"] { return ["type": "tool", "name": name] }
        switch choice.string {
        case "auto": return ["type": "auto"]
        case "none": return ["type": "none"]
        case "required": return ["type": "any"]
        default: return nil
        }
    }
}

extension ChatCompletions.Role {
    fileprivate var isSystem: Bool { self == .system || self == .developer }
}
