import Domain

extension FinishReason {
    /// As chat completions spell it.
    var word: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .budget: "budget"
        }
    }
}
