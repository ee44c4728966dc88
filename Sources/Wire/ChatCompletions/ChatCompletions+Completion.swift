extension ChatCompletions {
    /// An answer in one piece. Only the first choice counts, unless all of them are asked for.
    package struct Completion: Equatable, Sendable {
        package var id: String?
        package var model: String?
        package var content: String?
        package var refusal: String?
        /// Tool calls as they came.
        package var toolCalls: [JSON] = []
        package var finishReason: String?
        package var usage: Usage?
        package var failure: Failure?
        /// The choices as they came.
        package var choices: [JSON] = []

        package init() {}
    }
}

extension ChatCompletions.Completion {
    /// Reads an answer's body; one that holds neither a choice nor an error is a fault.
    package static func parse(_ json: JSON) throws(FieldFault) -> Self {
        guard json.object != nil else { throw FieldFault(field: "", message: "expected an object, got \(json.kind)") }
        var completion = Self()
        completion.id = json["id"]?.string
        completion.model = json["model"]?.string
        completion.usage = json["usage"].flatMap(ChatCompletions.Usage.init)
        completion.failure = json["error"].flatMap(ChatCompletions.Failure.init)
        completion.choices = json["choices"]?.array ?? []
        if let choice = completion.choices.first, choice.object != nil {
            completion.read(choice)
        } else if completion.failure == nil {
            throw FieldFault(field: "choices", message: "expected an array that holds an answer")
        }
        return completion
    }

    private mutating func read(_ choice: JSON) {
        let message = choice["message"] ?? .null
        content = message["content"].flatMap(Self.text)
        refusal = message["refusal"]?.string
        toolCalls = message["tool_calls"]?.array ?? []
        finishReason = choice["finish_reason"]?.filledString
    }

    /// The content's text, whether it came as a string or in parts.
    private static func text(_ content: JSON) -> String? {
        guard let parts = content.array else { return content.string }
        let texts = parts.compactMap { $0["text"]?.string }
        return texts.isEmpty ? nil : texts.joined()
    }
}
