/// OpenAI chat completions: the request, the answer in one piece, and the chunks of a streamed answer.
package enum ChatCompletions {
    /// What an answer cost, in tokens. A side that was not told is `nil`.
    package struct Usage: Equatable, Sendable {
        package var inputTokens: Int?
        package var outputTokens: Int?
        /// Of the input, what was read from a cache; of the output, what was thought and is not shown.
        package var cachedTokens: Int?
        package var reasoningTokens: Int?

        package init(
            inputTokens: Int?, outputTokens: Int?, cachedTokens: Int? = nil, reasoningTokens: Int? = nil
        ) {
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.cachedTokens = cachedTokens
            self.reasoningTokens = reasoningTokens
        }
    }

    /// An error that stands in an answer's body or in the middle of its stream.
    package struct Failure: Equatable, Sendable {
        package var message: String
        package var type: String?
        package var code: String?

        package init(message: String, type: String? = nil, code: String? = nil) {
            self.message = message
            self.type = type
            self.code = code
        }
    }
}

extension ChatCompletions.Usage {
    /// `nil` where the value is no object that counts tokens.
    package init?(_ json: JSON) {
        let input = json["prompt_tokens"]?.integer
        let output = json["completion_tokens"]?.integer
        guard input != nil || output != nil else { return nil }
        self.init(
            inputTokens: input.map(Int.init), outputTokens: output.map(Int.init),
            cachedTokens: json["prompt_tokens_details"]?["cached_tokens"]?.integer.map(Int.init),
            reasoningTokens: json["completion_tokens_details"]?["reasoning_tokens"]?.integer.map(Int.init))
    }

    /// As chat completions write it; a side that was not told counts as zero.
    package func render() -> JSON {
        let input = Int64(inputTokens ?? 0)
        let output = Int64(outputTokens ?? 0)
        let (total, isOver) = input.addingReportingOverflow(output)
        var usage: JSON.Object = [
            "prompt_tokens": .integer(input), "completion_tokens": .integer(output),
            "total_tokens": .integer(isOver ? .max : total),
        ]
        if let cachedTokens { usage["prompt_tokens_details"] = ["cached_tokens": .integer(Int64(cachedTokens))] }
        if let reasoningTokens {
            usage["completion_tokens_details"] = ["reasoning_tokens": .integer(Int64(reasoningTokens))]
        }
        return .object(usage)
    }
}

extension ChatCompletions.Failure {
    /// `nil` where the value says that there is no error: null, false, an empty text or object.
    package init?(_ json: JSON) {
        switch json {
        case .string(let message) where !message.isEmpty:
            self.init(message: message)
        case .object(let members) where !members.isEmpty:
            self.init(
                message: members["message"]?.string ?? "", type: members["type"]?.string,
                code: members["code"]?.word)
        default: return nil
        }
    }
}

extension JSON {
    /// A code that some servers write as a text and others as a number.
    var word: String? {
        switch self {
        case .string(let text): text
        case .integer(let value): value.description
        default: nil
        }
    }

    /// A text that is worth having.
    var filledString: String? {
        guard case .string(let text) = self, !text.isEmpty else { return nil }
        return text
    }
}

/// Why a request cannot be accepted: the path of the member, such as `messages[0].content`, and what is wrong with it.
package struct FieldFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let field: String
    package let message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    package var description: String { field.isEmpty ? message : "\(field): \(message)" }
}
