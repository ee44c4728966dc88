import Domain
import NIOCore
import TestKit
import Testing
import Wire

@testable import Surfaces

/// Letter by letter, what AGENTIC STAR clients read.
@Suite struct AgenticStarStreamTests {
    private let run: Run = {
        var question = Question(messages: [Message(.user, "Hi")])
        question.modelName = "AGENTIC \"STAR\""
        return Run(
            id: ID(high: 0x0190_163d_8694_739b, low: 0xaea5_966c_26f8_ad91),
            account: ID(high: 0, low: 1), agent: "guide",
            conversation: "talk", principal: "client:x", question: question, answerID: ID(high: 1, low: 2),
            createdAt: Timestamp(milliseconds: 1_773_484_200_000), reserved: 4096)
    }()

    private func render(_ kinds: RunEvent.Kind..., includesUsage: Bool = false) -> String {
        var run = run
        run.question.includesUsage = includesUsage
        let stream = AgenticStarStream(run)
        var buffer = ByteBuffer()
        for (index, kind) in kinds.enumerated() {
            let event = RunEvent(
                sequence: Int64(index), at: Timestamp(milliseconds: 1_773_484_200_005), kind: kind)
            stream.render(event, into: &buffer)
        }
        return String(buffer: buffer)
    }

    private func datas(_ text: String) -> [JSON] {
        text.split(separator: "\n").filter { $0.hasPrefix("data: {") }
            .compactMap { try? JSON.parse(String($0.dropFirst(6))) }
    }

    @Test func theFirstWordsAreAComment() {
        var buffer = ByteBuffer()
        AgenticStarStream(run).open(into: &buffer)
        #expect(String(buffer: buffer) == ": connected\n\n")
    }

    @Test func aDeltaIsOneEventWithItsCursor() {
        let text = render(.text("He said \"hi\"\n😀"))
        #expect(
            text == "id: 0190163d-8694-739b-aea5-966c26f8ad91:0\n"
                + "data: {\"id\":\"chatcmpl-0190163d-8694-739b-aea5-966c26f8ad91\","
                + "\"object\":\"chat.completion.chunk\","
                + "\"created\":1773484200,\"model\":\"AGENTIC \\\"STAR\\\"\","
                + "\"createdAt\":\"2026-03-14T10:30:00.005Z\","
                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"He said \\\"hi\\\"\\n😀\"},"
                + "\"finish_reason\":null}]}\n\n")
    }

    @Test func aStepThatIsOverIsATask() throws {
        let step = Step(id: "call-1", kind: .tool, name: "Weather", input: "{}")
        let tasks = datas(
            render(.stepStarted(step), .stepFinished(step.finished("fine")), .stepFinished(step.failed("no")))
        )
        .map { $0["choices"]?.array?[0]["delta"]?["tasks"]?.array?.first?.render() }
        func task(_ status: String) -> String {
            #"{"messageId":"00000000-0000-0001-0000-000000000002","conversationId":"talk","actionType":"tool_result","#
                + #""callId":"call-1","title":"Weather","status":"\#(status)","timestamp":1773484200005}"#
        }
        #expect(tasks == [task("completed"), task("failed")])
    }

    @Test func theStartTellsTheNames() throws {
        let chunk = try #require(datas(render(.started)).first)
        let info = chunk["choices"]?.array?[0]["delta"]?["messageInfo"]
        #expect(info?["conversationId"] == "talk")
        #expect(info?["runId"] == .string(run.id.uuid))
        #expect(chunk["choices"]?.array?[0]["delta"]?["role"] == "assistant")
    }

    @Test func theEndHasBothSpellingsAndOneCursor() throws {
        let text = render(.finished(.toolCalls))
        let chunk = try #require(datas(text).first)
        #expect(chunk["choices"]?.array?[0]["finishReason"] == "tool_calls")
        #expect(chunk["choices"]?.array?[0]["finish_reason"] == "tool_calls")
        #expect(text.hasSuffix("id: \(run.id.uuid):0\ndata: [DONE]\n\n"))
        #expect(text.split(separator: "id: ").count == 2)
    }

    @Test func usageIsAChunkOfItsOwnWhereItIsAskedFor() {
        let text = render(.usage(Usage(inputTokens: 3, outputTokens: 4)), .finished(.stop), includesUsage: true)
        let chunks = datas(text)
        #expect(chunks.count == 2)
        #expect(chunks[0]["usage"] == .null)
        #expect(chunks[1]["choices"]?.array == [])
        #expect(chunks[1]["usage"]?["total_tokens"] == 7)
    }

    @Test func aFailureIsAnErrorAndThenDone() throws {
        let text = render(.failed(Refusal(.unavailable, "The upstream “x” is down.")))
        let error = try #require(datas(text).first?["error"])
        #expect(error["message"] == "The upstream “x” is down.")
        #expect(error["code"] == "unavailable")
        #expect(error["param"] == .null)
        #expect(text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test func aCancelSaysSo() throws {
        let chunk = try #require(datas(render(.canceled)).first)
        #expect(chunk["choices"]?.array?[0]["finishReason"] == "cancelled")
    }

    @Test func toolCallDeltasAreKeptIntact() throws {
        let delta = #"{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}"#
        let chunk = try #require(datas(render(.toolCall(delta))).first)
        #expect(chunk["choices"]?.array?[0]["delta"]?["tool_calls"]?.array?.first == (try JSON.parse(delta)))
    }

    @Test func toolCallsArePutTogetherFromTheirDeltas() throws {
        let deltas = [
            #"{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}"#,
            #"{"index":0,"function":{"arguments":"{\"a\""}}"#, #"{"index":1,"id":"call_2","function":{"name":"g"}}"#,
            #"{"index":0,"function":{"arguments":":1}"}}"#,
        ]
        let events = deltas.enumerated().map { index, text in
            RunEvent(sequence: Int64(index), at: Timestamp(milliseconds: 0), kind: .toolCall(text))
        }
        let calls = ToolCalls(events).whole
        #expect(calls.count == 2)
        #expect(calls[0]["id"] == "call_1")
        #expect(calls[0]["function"]?["arguments"] == #"{"a":1}"#)
        #expect(calls[1]["function"]?["name"] == "g")
    }
}
