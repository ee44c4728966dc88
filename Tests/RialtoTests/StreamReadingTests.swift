import NIOCore
import Testing

@testable import Rialto

/// What the doctor accepts as a streamed answer.
@Suite struct StreamReadingTests {
    static let role = #"data: {"choices":[{"delta":{"role":"assistant"}}]}"# + "\n\n"
    static let text = #"data: {"choices":[{"delta":{"content":"Hello"}}]}"# + "\n\n"
    static let finish = #"data: {"choices":[{"delta":{},"finishReason":"stop"}]}"# + "\n\n"
    static let start = ": connected\n\n"
    static let done = "data: [DONE]\n\n"
    static let whole = start + role + text + ": heartbeat\n\n" + finish + done

    private func problem(
        _ body: String, status: Int = 200, contentType: String = "text/event-stream; charset=utf-8"
    ) -> String? {
        StreamReading.problem(
            of: Caller.Answer(
                status: status, contentType: contentType, requestID: nil, body: ByteBuffer(string: body)))
    }

    @Test func aWholeAnswerHasNoProblem() {
        #expect(problem(Self.whole) == nil)
    }

    @Test(arguments: [
        (role + text + finish + done, "does not begin"),
        (start + role + text + finish, "does not end with [DONE]"),
        (start + text + finish + done, "has no role"),
        (start + role + finish + done, "is empty"),
        (start + role + text + done, "finishReason"),
        (start + role + "data: {\n\n" + done, "event 1 is not JSON"),
        (start + role + #"data: {"error":{"message":"Antonio is ruined"}}"# + "\n\n" + done, "Antonio is ruined"),
        ("", "does not begin"),
    ])
    func everyFaultOfAStreamIsNamed(body: String, words: String) {
        #expect(problem(body)?.contains(words) == true)
    }

    @Test func aRefusalIsToldWithItsMessage() {
        let body = #"{"error":{"message":"The access token is not valid."}}"#
        #expect(problem(body, status: 401) == "it answered 401: The access token is not valid.")
        #expect(problem(Self.whole, contentType: "text/html")?.contains("no event stream") == true)
    }
}
