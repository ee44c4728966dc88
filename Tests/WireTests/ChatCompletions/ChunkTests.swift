import NIOCore
import Testing
import Wire

@Suite struct ChunkTests {
    private func chunk(_ text: String) throws -> ChatCompletions.Chunk {
        let chunk = try ChatCompletions.Chunk.parse(ByteBuffer(string: text))
        #expect(try ChatCompletions.Chunk.parse(ByteBuffer(string: text).readableBytesView) == chunk)
        #expect(try ChatCompletions.Chunk(tree: JSON.parse(text)) == chunk)
        return chunk
    }

    @Test func `a token of text is read from the common shape`() throws {
        let chunk = try chunk(
            #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","system_fingerprint":null,"#
                + #""choices":[{"index":0,"delta":{"role":"assistant","content":"Hel\"lo\n\ud83d\ude00"},"#
                + #""logprobs":{"content":[{"token":"x"}]},"finish_reason":null}],"usage":null}"#)
        #expect(chunk.content == "Hel\"lo\n😀")
        #expect(chunk.model == "m")
        #expect(chunk.finishReason == nil)
        #expect(chunk.usage == nil)
    }

    @Test func `the order of members and escaped names make no difference`() throws {
        let chunk = try chunk(
            #" { "choices" : [ { "finish_reason" : "stop" , "\u0064elta" : { "x" : [{"content":"no"}] , "#
                + #""c\u006fntent" : "yes" } } ] , "mode\u006c" : "m" } "#)
        #expect(chunk.content == "yes")
        #expect(chunk.finishReason == "stop")
        #expect(chunk.model == "m")
    }

    @Test func `members of the same name elsewhere do not count`() throws {
        let chunk = try chunk(
            #"{"content":"a","delta":{"content":"b"},"x":{"choices":[{"delta":{"content":"c"}}]},"#
                + #""choices":[{"content":"d","delta":{"delta":{"content":"e"}}}]}"#)
        #expect(chunk == ChatCompletions.Chunk())
    }

    @Test func `only the first choice counts`() throws {
        let chunk = try chunk(
            #"{"choices":[{"delta":{"content":"one"}},{"delta":{"content":"two"},"finish_reason":"stop"}]}"#)
        #expect(chunk.content == "one")
        #expect(chunk.finishReason == nil)
    }

    @Test func `of repeated members the last counts, whole`() throws {
        #expect(try chunk(#"{"choices":[{"delta":{"content":"a"}}],"choices":[]}"#).content == nil)
        #expect(try chunk(#"{"choices":[{"delta":{"content":"a"},"delta":{"refusal":"b"}}]}"#).content == nil)
        #expect(try chunk(#"{"choices":[{"delta":{"content":"a","content":null}}]}"#).content == nil)
        #expect(try chunk(#"{"choices":[{"delta":{"content":"a","content":"b"}}]}"#).content == "b")
    }

    @Test func `members of another type than expected are absent`() throws {
        #expect(
            try chunk(
                #"{"choices":[{"delta":{"content":1,"tool_calls":{}},"finish_reason":7}],"usage":[],"model":2}"#)
                == ChatCompletions.Chunk())
        #expect(try chunk(#"{"choices":{"delta":{"content":"a"}}}"#) == ChatCompletions.Chunk())
        #expect(try chunk(#"{"choices":[["delta"]]}"#) == ChatCompletions.Chunk())
        #expect(try chunk(#"{"choices":[{"delta":"content"}]}"#) == ChatCompletions.Chunk())
    }

    @Test func `tool-call deltas are kept as they came`() throws {
        let chunk = try chunk(
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","#
                + #""function":{"name":"weather","arguments":"{\"ci"}},{"index":1,"x":{"y":[1.5]}}]}}]}"#)
        #expect(chunk.toolCalls.count == 2)
        #expect(chunk.toolCalls[0]["function"]?["arguments"] == "{\"ci")
        #expect(chunk.toolCalls[1]["x"]?["y"] == [1.5])
    }

    @Test func `usage and the finish are read`() throws {
        let chunk = try chunk(
            #"{"choices":[{"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":9}}"#)
        #expect(chunk.finishReason == "length")
        #expect(chunk.usage == ChatCompletions.Usage(inputTokens: 7, outputTokens: 9))
        #expect(try self.chunk(#"{"choices":[],"usage":{}}"#).usage == nil)
        #expect(try self.chunk(#"{"choices":[{"finish_reason":""}]}"#).finishReason == nil)
    }

    @Test(arguments: [
        (
            #"{"error":{"message":"full","type":"server_error","code":503}}"#,
            ChatCompletions.Failure(message: "full", type: "server_error", code: "503")
        ),
        (#"{"error":{"message":"no","code":"bad"}}"#, ChatCompletions.Failure(message: "no", code: "bad")),
        (#"{"error":"oh"}"#, ChatCompletions.Failure(message: "oh")),
        (#"{"error":{"detail":1}}"#, ChatCompletions.Failure(message: "")),
        (#"{"error":null}"#, nil), (#"{"error":{}}"#, nil), (#"{"error":false}"#, nil), (#"{"error":""}"#, nil),
    ])
    func `an error in the stream is read in every shape`(text: String, expected: ChatCompletions.Failure?) throws {
        #expect(try chunk(text).failure == expected)
    }

    @Test(arguments: [
        "", "[DONE]", "{", "{}x", "[]", "\"a\"", "null", #"{"choices":[{"delta":{"content":"a"}}]"#,
        #"{"x":"\ud800"}"#, #"{"x":01}"#, "{\"x\":\"\u{1}\"}", #"{"choices":[{"delta":{"content":"a"}},]}"#,
    ])
    func `anything but one whole object is refused`(text: String) {
        #expect(throws: JSON.Fault.self) { try ChatCompletions.Chunk.parse(ByteBuffer(string: text)) }
    }
}
