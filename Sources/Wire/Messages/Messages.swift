/// The Anthropic Messages API: its request made of a chat-completions request, its answers read as chat completions.
package enum Messages {
    /// What an answer may hold where the request sets no limit; the API demands one.
    package static let defaultMaxTokens = 4096

    /// The chat-completions word for a stop reason; one that is not known yet ends like any other answer.
    package static func finishReason(_ stopReason: String) -> String {
        switch stopReason {
        case "max_tokens", "model_context_window_exceeded": "length"
        case "tool_use": "tool_calls"
        case "refusal": "content_filter"
        default: "stop"
        }
    }

    /// Tokens counted so far. What was read from a cache or written to one is input too.
    static func usage(_ json: JSON) -> ChatCompletions.Usage {
        let parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .compactMap { json[$0]?.integer.flatMap { Int(exactly: $0) } }
        return ChatCompletions.Usage(
            inputTokens: parts.isEmpty ? nil : parts.reduce(0) { $0.addingReportingOverflow($1).partialValue },
            outputTokens: json["output_tokens"]?.integer.map(Int.init))
    }

    /// The inside of an error body or event.
    static func failure(_ json: JSON) -> ChatCompletions.Failure {
        ChatCompletions.Failure(
            message: json["message"]?.string ?? "", type: json["type"]?.string, code: nil)
    }
}
