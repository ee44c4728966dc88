import NIOCore
import Testing
import Wire

/// The published event sequences, one file each.
@Suite struct MessagesEventTests {
    private func chunks(_ name: String) throws -> (chunks: [ChatCompletions.Chunk], isEnded: Bool) {
        var parser = EventStreamParser(limitBytes: 65_536)
        var reader = Messages.Reader()
        var chunks: [ChatCompletions.Chunk] = []
        try parser.feed(ByteBuffer(bytes: resource("Fixtures/Messages/\(name).sse"))) { event in
            if let chunk = try reader.read(event: event.event, data: event.data) { chunks.append(chunk) }
        }
        return (chunks, reader.isEnded)
    }

    @Test func `a text arrives in pieces, then its end and its cost`() throws {
        let (chunks, isEnded) = try chunks("text")
        #expect(chunks.first?.model == "claude-opus-4-8")
        #expect(chunks.compactMap(\.content) == ["Hello", "!"])
        #expect(chunks.last?.finishReason == "stop")
        #expect(chunks.last?.usage == ChatCompletions.Usage(inputTokens: 25, outputTokens: 15))
        #expect(isEnded)
    }

    @Test func `a tool call arrives as chat completions write it`() throws {
        let (chunks, _) = try chunks("tool-use")
        let calls = chunks.flatMap(\.toolCalls)
        #expect(chunks.compactMap(\.content).joined() == "Okay, let's check the weather for San Francisco, CA:")
        #expect(
            calls.first == [
                "index": 0, "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "type": "function",
                "function": ["name": "get_weather", "arguments": ""],
            ])
        let arguments = calls.compactMap { $0["function"]?["arguments"]?.string }.joined()
        #expect(try JSON.parse(arguments) == ["location": "San Francisco, CA", "unit": "fahrenheit"])
        #expect(chunks.last?.finishReason == "tool_calls")
        #expect(chunks.last?.usage == ChatCompletions.Usage(inputTokens: 472, outputTokens: 89))
    }

    @Test func `tool calls are numbered among themselves`() throws {
        let calls = try chunks("two-tools").chunks.flatMap(\.toolCalls)
        #expect(calls.map { $0["index"]?.integer } == [0, 0, 1, 1, 1])
        let second = calls.filter { $0["index"] == 1 }.compactMap { $0["function"]?["arguments"]?.string }.joined()
        #expect(second == #"{"zone":"Asia/Tokyo"}"#)
    }

    @Test func `thinking is not part of the answer, and cached input is input`() throws {
        let (chunks, isEnded) = try chunks("thinking")
        #expect(chunks.compactMap(\.content) == ["The greatest common divisor is **21**."])
        #expect(chunks.last?.usage == ChatCompletions.Usage(inputTokens: 2140, outputTokens: 31))
        #expect(isEnded)
    }

    @Test func `pings say nothing`() throws {
        let (chunks, _) = try chunks("ping")
        #expect(chunks.count == 4)
        #expect(chunks.compactMap(\.content).joined() == "Still here.")
        #expect(chunks.last?.finishReason == "length")
    }

    @Test func `an overload in the middle is a failure and no end`() throws {
        let (chunks, isEnded) = try chunks("overloaded")
        #expect(chunks.last?.failure == ChatCompletions.Failure(message: "Overloaded", type: "overloaded_error"))
        #expect(!isEnded)
    }

    @Test func `an error may be all there is`() throws {
        let (chunks, isEnded) = try chunks("error")
        #expect(chunks.map(\.failure) == [.init(message: "Internal server error", type: "api_error")])
        #expect(!isEnded)
    }

    @Test func `events and blocks that are not known are passed over`() throws {
        let (chunks, isEnded) = try chunks("unknown-events")
        #expect(chunks.compactMap(\.content) == ["Fine."])
        #expect(chunks.flatMap(\.toolCalls).isEmpty)
        #expect(chunks.last?.finishReason == "stop")
        #expect(isEnded)
    }

    @Test func `the event's name speaks where the payload has no type, and what is no JSON is a fault`() throws {
        #expect(try Messages.Event.parse(event: "ping", data: ByteBuffer(string: "{}")) == .ping)
        #expect(throws: JSON.Fault.self) { try Messages.Event.parse(event: "ping", data: ByteBuffer(string: "")) }
    }

    @Test(arguments: [
        ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls"),
        ("refusal", "content_filter"), ("pause_turn", "stop"), ("model_context_window_exceeded", "length"),
        ("something_new", "stop"),
    ])
    func `stop reasons have a word in chat completions`(reason: String, word: String) {
        #expect(Messages.finishReason(reason) == word)
    }

    @Test func `an answer in one piece is read as a completion`() throws {
        let completion = try Messages.parse(JSON.parse(Array(resource("Fixtures/Messages/answer.json"))))
        #expect(completion.content == "I'll check the weather.")
        #expect(completion.finishReason == "tool_calls")
        #expect(completion.usage == ChatCompletions.Usage(inputTokens: 15, outputTokens: 20))
        #expect(completion.toolCalls.count == 1)
        #expect(completion.toolCalls[0]["function"]?["name"] == "get_weather")
        let arguments = try #require(completion.toolCalls[0]["function"]?["arguments"]?.string)
        #expect(try JSON.parse(arguments) == ["location": "San Francisco, CA"])
    }

    @Test func `an error body is read as a failure, and any other body is refused`() throws {
        let completion = try Messages.parse(JSON.parse(Array(resource("Fixtures/Messages/error.json"))))
        #expect(completion.failure?.type == "not_found_error")
        #expect(throws: FieldFault.self) { try Messages.parse([:]) }
        #expect(throws: FieldFault.self) { try Messages.parse("x") }
    }
}
