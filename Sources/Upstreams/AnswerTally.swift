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

    /// A chunk whose reader wants all of it: what says more than a piece of text, or of a tool call, of the first
    /// choice goes on as it came.
    mutating func take(all chunk: JSON, for asking: HTTPAsking) {
        take(chunk["choices"]?.array ?? [], for: asking)
        if let count = chunk["usage"].flatMap(ChatCompletions.Usage.init) { usage = Usage(count) }
        if let failure = chunk["error"].flatMap(ChatCompletions.Failure.init) { fail(failure, asking) }
    }

    private mutating func take(_ choices: [JSON], for asking: HTTPAsking) {
        var rich: [JSON] = []
        for choice in choices {
            let isFirst = (choice["index"]?.integer ?? 0) == 0
            if isFirst, let word = choice["finish_reason"]?.string, !word.isEmpty { finish = FinishReason(word) }
            guard isFirst, !choice.saysMoreThanText else {
                // Why the first choice ended is said when the answer has.
                rich.append(isFirst ? choice.with("finish_reason", .null) : choice)
                continue
            }
            if let text = choice["delta"]?["content"]?.string, !text.isEmpty { asking.deliver(.text(text)) }
            for call in choice["delta"]?["tool_calls"]?.array ?? [] { asking.deliver(.toolCall(call.render())) }
        }
        if !rich.isEmpty { asking.deliver(.choices(JSON.array(rich).render())) }
    }

    /// An answer in one piece whose reader wants all of it.
    mutating func take(allOf completion: ChatCompletions.Completion, for asking: HTTPAsking) {
        take(completion.choices.map(\.asDelta), for: asking)
        if let count = completion.usage { usage = Usage(count) }
        if let failure = completion.failure { return fail(failure, asking) }
        finish = finish ?? .stop
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
        cachedTokens = usage.cachedTokens.map { min(max($0, 0), inputTokens) }
        reasoningTokens = usage.reasoningTokens.map { min(max($0, 0), outputTokens) }
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
    /// Whether a choice has anything but text, tool calls and a reason to finish.
    fileprivate var saysMoreThanText: Bool {
        let known: Set = ["index", "delta", "finish_reason"]
        let ofDelta: Set = ["role", "content", "tool_calls"]
        return object?.members.contains { !known.contains($0.key) && !$0.value.isNull } != false
            || self["delta"]?.object?.members.contains { !ofDelta.contains($0.key) && !$0.value.isNull } == true
    }

    fileprivate func with(_ key: String, _ value: JSON) -> JSON {
        guard var members = object else { return self }
        members[key] = value
        return .object(members)
    }

    /// A choice of an answer in one piece, as a chunk has it.
    fileprivate var asDelta: JSON {
        guard var members = object, var message = members["message"]?.object else { return self }
        if let calls = message["tool_calls"]?.array {
            message["tool_calls"] = .array(calls.enumerated().map { $1.numbered($0) })
        }
        members["message"] = nil
        members["delta"] = .object(message)
        return .object(members)
    }

    /// A whole tool call with its place among the others.
    fileprivate func numbered(_ index: Int) -> JSON {
        guard var members = object, members["index"] == nil else { return self }
        members["index"] = .integer(Int64(index))
        return .object(members)
    }
}
