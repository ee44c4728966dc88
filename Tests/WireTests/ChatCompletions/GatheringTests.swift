import Testing
import Wire

@Suite("Choices put together from their chunks")
struct GatheringTests {
    @Test("Texts are joined, and what nobody said is null")
    func texts() throws {
        var gathering = ChatCompletions.Gathering()
        gathering.add(text: "Two ")
        gathering.add(text: "words")
        let choice = try #require(gathering.whole(finishReason: "stop").first)
        #expect(choice["message"]?["content"] == "Two words")
        #expect(choice["message"]?["role"] == "assistant")
        #expect(choice["message"]?["refusal"] == .null)
        #expect(choice["finish_reason"] == "stop")
    }

    @Test("An answer of no words is an answer")
    func nothing() {
        #expect(ChatCompletions.Gathering().whole(finishReason: "length").map { $0["message"]?["content"] } == [""])
    }

    @Test("Calls of tools are joined by their places, with names and ids said once")
    func tools() throws {
        var gathering = ChatCompletions.Gathering()
        let deltas = [
            #"{"index":0,"id":"call_1","type":"function","function":{"name":"tide","arguments":""}}"#,
            #"{"index":0,"id":"","function":{"arguments":"{\"at\":"}}"#,
            #"{"index":1,"id":"call_2","type":"function","function":{"name":"moon","arguments":"{}"}}"#,
            #"{"index":0,"function":{"arguments":"9}"}}"#,
        ]
        for delta in deltas { gathering.add(toolCall: try JSON.parse(delta)) }
        let message = try #require(gathering.whole(finishReason: "tool_calls").first?["message"])
        #expect(message["content"] == .null)
        #expect(
            message["tool_calls"] == [
                [
                    "id": "call_1", "type": "function",
                    "function": ["name": "tide", "arguments": "{\"at\":9}"],
                ],
                ["id": "call_2", "type": "function", "function": ["name": "moon", "arguments": "{}"]],
            ])
    }

    @Test("Several choices, thoughts and probabilities come out as they went in")
    func rich() throws {
        var gathering = ChatCompletions.Gathering()
        let chunks = [
            #"{"index":1,"delta":{"content":"b"},"finish_reason":null}"#,
            #"{"index":0,"delta":{"reasoning_content":"hm"},"logprobs":{"content":[{"token":"h"}]}}"#,
            #"{"index":0,"delta":{"reasoning_content":"m","content":"a"},"logprobs":{"content":[{"token":"m"}]}}"#,
            #"{"index":1,"delta":{},"finish_reason":"length"}"#,
        ]
        for chunk in chunks { gathering.add(choice: try JSON.parse(chunk)) }
        let choices = gathering.whole(finishReason: "stop")
        #expect(choices.map { $0["message"]?["content"] } == ["a", "b"])
        #expect(choices.map { $0["finish_reason"] } == ["stop", "length"])
        #expect(choices[0]["message"]?["reasoning_content"] == "hmm")
        #expect(choices[0]["logprobs"]?["content"]?.array?.count == 2)
    }
}
