import Testing
import Wire

@Suite struct MessagesRequestTests {
    private func render(_ messages: [ChatCompletions.Message]) -> JSON {
        Messages.render(ChatCompletions.Request(model: "claude", messages: messages))
    }

    private func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    @Test func `what the system says stands apart`() {
        let json = render([
            .init(role: .system, text: "Be brief."), .init(role: .user, text: "Hi"),
            .init(role: .developer, text: "Be kind."),
        ])
        #expect(json["system"] == "Be brief.\n\nBe kind.")
        #expect(json["messages"] == [["role": "user", "content": [text("Hi")]]])
        #expect(json["max_tokens"] == 4096)
        #expect(json["stream"] == nil)
        #expect(json["temperature"] == nil)
    }

    @Test func `neighbours of one role are one message, and the user begins`() {
        let json = render([
            .init(role: .assistant, text: "Welcome."), .init(role: .user, text: "a"), .init(role: .user, text: ""),
            .init(role: .user, text: "b"), .init(role: .assistant, text: "c"),
        ])
        #expect(
            json["messages"] == [
                ["role": "user", "content": [text("Continue.")]],
                ["role": "assistant", "content": [text("Welcome.")]],
                ["role": "user", "content": [text("a"), text("b")]], ["role": "assistant", "content": [text("c")]],
            ])
        #expect(render([.init(role: .system, text: "x")])["messages"]?.array?.count == 1)
    }

    @Test func `pictures go as what they are`() {
        let json = render([
            .init(
                role: .user,
                content: [
                    .imageURL("data:image/PNG;charset=x;base64,aGk="), .imageURL("https://example.com/a,b.jpg"),
                    .other(["type": "input_audio"]),
                ])
        ])
        #expect(
            json["messages"]?.array?.first?["content"] == [
                ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "aGk="]],
                ["type": "image", "source": ["type": "url", "url": "https://example.com/a,b.jpg"]],
            ])
    }

    @Test func `limits and wishes are said in the other words`() {
        var request = ChatCompletions.Request(model: "claude", messages: [.init(role: .user, text: "Hi")])
        request.temperature = 1.7
        request.maxTokens = 12
        request.stop = ["END", " \n"]
        request.stream = true
        request.user = "u1"
        request.tools = [
            ["type": "function", "function": ["name": "f", "description": "d", "parameters": ["type": "object"]]]
        ]
        request.toolChoice = "required"
        let json = Messages.render(request)
        #expect(json["temperature"] == .number(1))
        #expect(json["max_tokens"] == 12)
        #expect(json["stop_sequences"] == ["END"])
        #expect(json["stream"] == true)
        #expect(json["metadata"] == ["user_id": "u1"])
        #expect(json["tools"] == [["name": "f", "description": "d", "input_schema": ["type": "object"]]])
        #expect(json["tool_choice"] == ["type": "any"])
    }

    @Test func `tool calls and their results are blocks`() {
        var assistant = ChatCompletions.Message(role: .assistant, text: "Looking.")
        assistant.toolCalls = [
            ["id": "call_1", "function": ["name": "weather", "arguments": #"{"city":"Kyoto"}"#]],
            ["id": "call_2", "function": ["name": "clock", "arguments": "not JSON"]],
        ]
        var one = ChatCompletions.Message(role: .tool, text: "Rain.")
        one.toolCallID = "call_1"
        var two = ChatCompletions.Message(role: .tool, text: "Noon.")
        two.toolCallID = "call_2"
        let messages = render([.init(role: .user, text: "Hi"), assistant, one, two])["messages"]?.array
        #expect(
            messages?[1]["content"] == [
                text("Looking."),
                ["type": "tool_use", "id": "call_1", "name": "weather", "input": ["city": "Kyoto"]],
                ["type": "tool_use", "id": "call_2", "name": "clock", "input": [:]],
            ])
        #expect(messages?[2]["role"] == "user")
        #expect(
            messages?[2]["content"] == [
                ["type": "tool_result", "tool_use_id": "call_1", "content": [text("Rain.")]],
                ["type": "tool_result", "tool_use_id": "call_2", "content": [text("Noon.")]],
            ])
    }
}
