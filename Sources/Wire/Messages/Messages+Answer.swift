extension Messages {
    /// Reads an answer in one piece, or an error body.
    package static func parse(_ json: JSON) throws(FieldFault) -> ChatCompletions.Completion {
        guard json.object != nil else { throw FieldFault(field: "", message: "expected an object, got \(json.kind)") }
        var completion = ChatCompletions.Completion()
        if let error = json["error"], !error.isNull {
            completion.failure = failure(error)
            return completion
        }
        guard let blocks = json["content"]?.array else {
            throw FieldFault(field: "content", message: "expected an array that holds an answer")
        }
        let texts = blocks.compactMap { $0["type"] == "text" ? $0["text"]?.string : nil }
        completion.id = json["id"]?.string
        completion.model = json["model"]?.string
        completion.content = texts.isEmpty ? nil : texts.joined()
        completion.toolCalls = blocks.compactMap(toolCall)
        completion.finishReason = json["stop_reason"]?.string.map(finishReason)
        completion.usage = json["usage"].map(usage)
        return completion
    }

    private static func toolCall(_ block: JSON) -> JSON? {
        guard block["type"] == "tool_use" else { return nil }
        let input = block["input"] ?? .object(JSON.Object())
        return [
            "id": block["id"] ?? "", "type": "function",
            "function": ["name": block["name"] ?? "", "arguments": .string(input.render())],
        ]
    }
}
