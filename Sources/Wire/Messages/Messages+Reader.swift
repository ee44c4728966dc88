package import NIOCore

extension Messages {
    /// A reader of a streamed answer, event by event, into chat-completions chunks: it numbers the tool calls and
    /// keeps count of the tokens.
    package struct Reader: Sendable {
        /// Whether `message_stop` came. A stream that ends without it was cut off.
        package private(set) var isEnded = false
        private var usage = ChatCompletions.Usage(inputTokens: nil, outputTokens: nil)
        /// The number of each block's tool call.
        private var toolCalls: [Int: Int] = [:]

        package init() {}

        /// The chunk that an event stands for; `nil` for an event that says nothing.
        package mutating func read(event: String, data: ByteBuffer) throws(JSON.Fault) -> ChatCompletions.Chunk? {
            read(try Event.parse(event: event, data: data))
        }

        package mutating func read(_ event: Event) -> ChatCompletions.Chunk? {
            var chunk = ChatCompletions.Chunk()
            switch event {
            case .messageStart(let model, let usage):
                count(usage)
                chunk.model = model
            case .text(let text): chunk.content = text
            case .toolUseStart(let block, let id, let name): chunk.toolCalls = [begin(block, id: id, name: name)]
            case .inputJSON(let block, let fragment):
                guard let number = toolCalls[block], !fragment.isEmpty else { return nil }
                chunk.toolCalls = [Self.arguments(fragment, number: number)]
            case .messageDelta(let reason, let usage):
                count(usage)
                chunk.finishReason = reason
                chunk.usage = self.usage
            case .failure(let failure): chunk.failure = failure
            case .messageStop:
                isEnded = true
                return nil
            case .blockStop, .ping, .ignored: return nil
            }
            return chunk
        }

        /// Counts are cumulative, and a later one may leave the cache out: the largest one told is the count.
        private mutating func count(_ told: ChatCompletions.Usage) {
            usage.inputTokens = [told.inputTokens, usage.inputTokens].compactMap(\.self).max()
            usage.outputTokens = [told.outputTokens, usage.outputTokens].compactMap(\.self).max()
        }

        private mutating func begin(_ block: Int, id: String, name: String) -> JSON {
            let number = toolCalls[block] ?? toolCalls.count
            toolCalls[block] = number
            return [
                "index": .integer(Int64(number)), "id": .string(id), "type": "function",
                "function": ["name": .string(name), "arguments": ""],
            ]
        }

        private static func arguments(_ fragment: String, number: Int) -> JSON {
            ["index": .integer(Int64(number)), "function": ["arguments": .string(fragment)]]
        }
    }
}
