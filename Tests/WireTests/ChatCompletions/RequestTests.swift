import Testing
import Wire

@Suite struct RequestTests {
    private func parse(_ json: JSON) throws -> ChatCompletions.Request {
        try ChatCompletions.Request.parse(json, limits: .init(messages: 3))
    }

    private func parse(with members: JSON.Object) throws -> ChatCompletions.Request {
        var request: JSON.Object = ["model": "m", "messages": [["role": "user", "content": "Hi"]]]
        for member in members.members { request[member.key] = member.value }
        return try parse(.object(request))
    }

    @Test func `the smallest request is a model and a message`() throws {
        let request = try parse(with: [:])
        #expect(request.model == "m")
        #expect(request.messages == [ChatCompletions.Message(role: .user, text: "Hi")])
        #expect(!request.stream)
        #expect(request.stop.isEmpty)
        #expect(request.temperature == nil)
        #expect(request.maxTokens == nil)
    }

    @Test func `every parameter is read, and a dialect's own stays within reach`() throws {
        let request = try parse(with: [
            "stream": true, "stream_options": ["include_usage": true], "temperature": 1, "max_tokens": 5,
            "max_completion_tokens": 7, "stop": ["a", "b"], "user": "u", "metadata": ["k": "v"],
            "tools": [["type": "function"]], "tool_choice": "auto", "agentId": "guide", "seed": 3,
        ])
        #expect(request.stream)
        #expect(request.includeUsage)
        #expect(request.temperature == 1)
        #expect(request.maxTokens == 7)
        #expect(request.stop == ["a", "b"])
        #expect(request.user == "u")
        #expect(request.metadata == ["k": "v"])
        #expect(request.tools == [["type": "function"]])
        #expect(request.toolChoice == "auto")
        #expect(request.raw["agentId"] == "guide")
        #expect(try parse(with: ["stop": "x", "max_tokens": 5, "max_completion_tokens": nil]).maxTokens == 5)
        #expect(try parse(with: ["stop": "x"]).stop == ["x"])
    }

    @Test func `null is the same as absent`() throws {
        let request = try parse(with: [
            "stream": nil, "stream_options": nil, "temperature": nil, "max_tokens": nil, "stop": nil, "user": nil,
            "metadata": nil, "tools": nil, "tool_choice": nil,
        ])
        #expect(request.metadata == nil)
        #expect(request.toolChoice == nil)
        #expect(!request.stream)
    }

    @Test func `content is a string, parts, or nothing from an assistant`() throws {
        let request = try parse([
            "model": "m",
            "messages": [
                [
                    "role": "user", "name": "Mika",
                    "content": [
                        ["type": "text", "text": "What is this?"],
                        ["type": "image_url", "image_url": ["url": "https://example.com/a.png", "detail": "low"]],
                        ["type": "input_audio", "input_audio": ["data": ""]],
                    ],
                ],
                ["role": "assistant", "content": nil, "tool_calls": [["id": "call_1"]]],
                ["role": "tool", "tool_call_id": "call_1", "content": "A cat."],
            ],
        ])
        #expect(
            request.messages[0].content == [
                .text("What is this?"), .imageURL("https://example.com/a.png"),
                .other(["type": "input_audio", "input_audio": ["data": ""]]),
            ])
        #expect(request.messages[0].name == "Mika")
        #expect(request.messages[0].text == "What is this?")
        #expect(request.messages[1].content.isEmpty)
        #expect(request.messages[1].toolCalls == [["id": "call_1"]])
        #expect(request.messages[2].toolCallID == "call_1")
    }

    @Test(
        arguments: [
            (["model": 1], "model"), (["model": nil], "model"), (["messages": nil], "messages"),
            (["messages": []], "messages"), (["messages": [1, 2, 3, 4]], "messages"),
            (["messages": "hi"], "messages"),
            (["stream": "yes"], "stream"), (["stream_options": []], "stream_options"),
            (["stream_options": ["include_usage": 1]], "stream_options.include_usage"),
            (["temperature": 2.1], "temperature"),
            (["temperature": -0.1], "temperature"), (["temperature": "hot"], "temperature"),
            (["max_tokens": 0], "max_tokens"),
            (["max_tokens": 1.5], "max_tokens"), (["max_completion_tokens": -1], "max_completion_tokens"),
            (["stop": 1], "stop"), (["stop": ["a", 1]], "stop[1]"), (["stop": ["", "", "", "", ""]], "stop"),
            (["user": 1], "user"), (["metadata": "x"], "metadata"), (["metadata": ["k": 1]], "metadata.k"),
            (["tools": [1]], "tools[0]"), (["tools": [:]], "tools"),
        ] as [(JSON.Object, String)])
    func `a wrong parameter is named`(members: JSON.Object, field: String) {
        let fault = #expect(throws: FieldFault.self) { try parse(with: members) }
        #expect(fault?.field == field)
        #expect(fault?.message.isEmpty == false)
    }

    @Test(
        arguments: [
            (1, "messages[0]"), ([:], "messages[0].role"), (["role": 1, "content": "x"], "messages[0].role"),
            (["role": "robot", "content": "x"], "messages[0].role"), (["role": "user"], "messages[0].content"),
            (["role": "user", "content": nil], "messages[0].content"),
            (["role": "user", "content": 1], "messages[0].content"),
            (["role": "user", "content": ["x"]], "messages[0].content[0]"),
            (["role": "user", "content": [["text": "x"]]], "messages[0].content[0].type"),
            (
                ["role": "user", "content": [["type": "text", "text": "x"], ["type": 1]]],
                "messages[0].content[1].type"
            ),
            (["role": "user", "content": [["type": "text"]]], "messages[0].content[0].text"),
            (["role": "user", "content": [["type": "image_url"]]], "messages[0].content[0].image_url"),
            (
                ["role": "user", "content": [["type": "image_url", "image_url": 1]]],
                "messages[0].content[0].image_url"
            ),
            (
                ["role": "user", "content": [["type": "image_url", "image_url": [:]]]],
                "messages[0].content[0].image_url.url"
            ),
            (["role": "user", "content": "x", "name": 1], "messages[0].name"),
            (["role": "assistant", "tool_calls": "x"], "messages[0].tool_calls"),
            (["role": "assistant", "tool_calls": ["x"]], "messages[0].tool_calls[0]"),
            (["role": "tool", "content": "x"], "messages[0].tool_call_id"),
        ] as [(JSON, String)])
    func `a wrong message is named down to the member`(message: JSON, field: String) {
        let fault = #expect(throws: FieldFault.self) { try parse(with: ["messages": [message]]) }
        #expect(fault?.field == field)
    }

    @Test func `a body that is no object is refused as a whole`() {
        let fault = #expect(throws: FieldFault.self) { try parse([]) }
        #expect(fault == FieldFault(field: "", message: "expected an object, got an array"))
    }

    @Test func `a request is written with what is set and nothing else`() {
        var request = ChatCompletions.Request(model: "m", messages: [.init(role: .user, text: "Hi")])
        #expect(request.render() == ["model": "m", "messages": [["role": "user", "content": "Hi"]]])
        request.stream = true
        request.includeUsage = true
        request.temperature = 0.5
        request.maxTokens = 9
        request.stop = ["x"]
        request.user = "u"
        request.raw = ["agentId": "guide"]
        let expected =
            #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"#
            + #""stream_options":{"include_usage":true},"temperature":0.5,"max_tokens":9,"stop":["x"],"user":"u"}"#
        #expect(request.render().render() == expected)
    }

    @Test func `what was written is read back the same`() throws {
        var assistant = ChatCompletions.Message(role: .assistant, content: [])
        assistant.toolCalls = [["id": "call_1"]]
        var tool = ChatCompletions.Message(role: .tool, text: "A cat.")
        tool.toolCallID = "call_1"
        let user = ChatCompletions.Message(
            role: .user, content: [.text("a"), .imageURL("data:image/png;base64,AA=="), .other(["type": "file"])])
        var request = ChatCompletions.Request(model: "m", messages: [user, assistant, tool])
        request.temperature = 0.25
        request.metadata = ["k": "v"]
        request.tools = [["type": "function"]]
        request.toolChoice = "none"
        var again = try parse(request.render())
        again.raw = [:]
        #expect(again == request)
    }
}
