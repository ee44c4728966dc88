package import NIOCore

extension Messages {
    /// One event of a streamed answer.
    package enum Event: Equatable, Sendable {
        case messageStart(model: String?, usage: ChatCompletions.Usage)
        case toolUseStart(block: Int, id: String, name: String)
        case text(String)
        case inputJSON(block: Int, fragment: String)
        case blockStop(block: Int)
        /// `finishReason` is already the chat-completions word.
        case messageDelta(finishReason: String?, usage: ChatCompletions.Usage)
        case messageStop
        case ping
        case failure(ChatCompletions.Failure)
        /// Thinking, signatures, and whatever the API adds.
        case ignored
    }
}

extension Messages.Event {
    /// Reads an event. The payload's `type` says what it is; the event's name only where that is missing.
    package static func parse(event: String, data: ByteBuffer) throws(JSON.Fault) -> Self {
        let json = try JSON.parse(data)
        let block = json["index"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        switch json["type"]?.string ?? event {
        case "message_start":
            let message = json["message"] ?? .null
            return .messageStart(model: message["model"]?.string, usage: Messages.usage(message["usage"] ?? .null))
        case "content_block_start": return start(json["content_block"] ?? .null, block: block)
        case "content_block_delta": return delta(json["delta"] ?? .null, block: block)
        case "content_block_stop": return .blockStop(block: block)
        case "message_delta":
            return .messageDelta(
                finishReason: json["delta"]?["stop_reason"]?.string.map(Messages.finishReason),
                usage: Messages.usage(json["usage"] ?? .null))
        case "message_stop": return .messageStop
        case "ping": return .ping
        case "error": return .failure(Messages.failure(json["error"] ?? .null))
        default: return .ignored
        }
    }

    private static func start(_ content: JSON, block: Int) -> Self {
        switch content["type"]?.string {
        case "tool_use":
            return .toolUseStart(
                block: block, id: content["id"]?.string ?? "", name: content["name"]?.string ?? "")
        case "text":
            guard let text = content["text"]?.filledString else { return .ignored }
            return .text(text)
        default: return .ignored
        }
    }

    private static func delta(_ delta: JSON, block: Int) -> Self {
        switch delta["type"]?.string {
        case "text_delta": .text(delta["text"]?.string ?? "")
        case "input_json_delta": .inputJSON(block: block, fragment: delta["partial_json"]?.string ?? "")
        default: .ignored
        }
    }
}
