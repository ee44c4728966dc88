import Testing
import Wire

@Suite struct CompletionTests {
    @Test func `an answer in one piece is read`() throws {
        let completion = try ChatCompletions.Completion.parse([
            "id": "c1", "model": "m",
            "choices": [["message": ["role": "assistant", "content": "Hello"], "finish_reason": "stop"]],
            "usage": ["prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3],
        ])
        #expect(completion.id == "c1")
        #expect(completion.model == "m")
        #expect(completion.content == "Hello")
        #expect(completion.finishReason == "stop")
        #expect(completion.usage == ChatCompletions.Usage(inputTokens: 1, outputTokens: 2))
        #expect(completion.failure == nil)
    }

    @Test func `content in parts, tool calls and a refusal are read`() throws {
        let completion = try ChatCompletions.Completion.parse([
            "choices": [
                [
                    "message": [
                        "content": [
                            ["type": "text", "text": "a"], ["type": "image"], ["type": "text", "text": "b"],
                        ],
                        "refusal": "no", "tool_calls": [["id": "call_1"]],
                    ],
                    "finish_reason": "tool_calls",
                ]
            ]
        ])
        #expect(completion.content == "ab")
        #expect(completion.refusal == "no")
        #expect(completion.toolCalls == [["id": "call_1"]])
    }

    @Test func `an error body is an answer too`() throws {
        let completion = try ChatCompletions.Completion.parse(["error": ["message": "no", "type": "x"]])
        #expect(completion.failure == ChatCompletions.Failure(message: "no", type: "x"))
    }

    @Test(arguments: [[], [:], ["choices": []], ["choices": ["x"]], "x", ["error": nil]] as [JSON])
    func `a body without an answer is refused`(json: JSON) {
        #expect(throws: FieldFault.self) { try ChatCompletions.Completion.parse(json) }
    }

    @Test func `usage is written with its sum`() {
        #expect(
            ChatCompletions.Usage(inputTokens: 2, outputTokens: 3).render()
                == ["prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5])
        #expect(ChatCompletions.Usage(inputTokens: .max, outputTokens: 3).render()["total_tokens"] == .integer(.max))
    }
}
