import Domain
import Wire

/// What an answer has said so far about its own end. Hands text and tool calls on as they come, and the token count
/// once, right before the end: some servers count in every chunk.
struct AnswerTally {
    private var finish: FinishReason?
    private var usage: Usage?

    var hasFinished: Bool { finish != nil }

    mutating func take(_ chunk: ChatCompletions.Chunk, for asking: HTTPAsking) {
        if let text = chunk.content, !text.isEmpty { asking.deliver(.text(text)) }
        if let text = chunk.refusal, !text.isEmpty { asking.deliver(.text(text)) }
        for call in chunk.toolCalls { asking.deliver(.toolCall(call.render())) }
        if let count = chunk.usage { usage = Usage(count) }
        if let word = chunk.finishReason { finish = FinishReason(word) }
        if let failure = chunk.failure { fail(failure, asking) }
    }

    /// An answer in one piece. Its tool calls are the deltas they would have been.
    mutating func take(whole completion: ChatCompletions.Completion, for asking: HTTPAsking) {
        var chunk = ChatCompletions.Chunk()
        chunk.content = completion.content
        chunk.refusal = completion.refusal
        chunk.toolCalls = completion.toolCalls.enumerated().map { $1.numbered($0) }
        chunk.usage = completion.usage
        chunk.finishReason = completion.finishReason ?? "stop"
        chunk.failure = completion.failure
        take(chunk, for: asking)
        end(for: asking)
    }

    /// The server says that this was all.
    mutating func done(for asking: HTTPAsking) {
        finish = finish ?? .stop
        end(for: asking)
    }

    /// Nothing more comes. Without a reason to finish that is a fault.
    mutating func end(for asking: HTTPAsking) {
        tellUsage(to: asking)
        asking.end(finish.map { .finished($0) } ?? .failed(.cut(asking.name)))
    }

    private mutating func fail(_ failure: ChatCompletions.Failure, _ asking: HTTPAsking) {
        tellUsage(to: asking)
        asking.fail(asking.upstream.fault(said: failure.message, type: failure.type, code: failure.code))
    }

    private mutating func tellUsage(to asking: HTTPAsking) {
        if let usage { asking.deliver(.usage(usage)) }
        usage = nil
    }
}

extension Usage {
    fileprivate init(_ usage: ChatCompletions.Usage) {
        self.init(inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0)
    }
}

extension FinishReason {
    /// Words that the API does not have (some servers say `eos` or `end_turn`) are plain ends.
    fileprivate init(_ word: String) {
        self =
            switch word {
            case "length": .length
            case "tool_calls", "function_call": .toolCalls
            case "content_filter": .contentFilter
            default: .stop
            }
    }
}

extension JSON {
    /// A whole tool call with its place among the others.
    fileprivate func numbered(_ index: Int) -> JSON {
        guard var members = object, members["index"] == nil else { return self }
        members["index"] = .integer(Int64(index))
        return .object(members)
    }
}
