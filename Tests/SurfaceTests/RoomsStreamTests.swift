import Domain
import NIOCore
import Testing
import Wire

@testable import Surfaces

/// Letter by letter, what clients of rooms read.
@Suite struct RoomsStreamTests {
    private let run = Run(
        id: ID(high: 0x0190_163d_8694_739b, low: 0xaea5_966c_26f8_ad91), account: ID(high: 0, low: 1), agent: "guide",
        conversation: "room", principal: "key:x", question: Question(messages: [Message(.user, "How far?")]),
        answerID: ID(high: 1, low: 2), createdAt: Timestamp(milliseconds: 1_773_484_200_000), reserved: 4096)

    private func stream(from first: Int64 = 0, _ framing: APIKey.Framing = .sse, isDebug: Bool = false) -> RoomsStream
    {
        RoomsStream(run, from: first, framing: framing, isDebug: isDebug)
    }

    private func events(_ kinds: RunEvent.Kind...) -> [RunEvent] {
        kinds.enumerated().map { place, kind in
            RunEvent(sequence: Int64(place), at: Timestamp(milliseconds: 1_773_484_200_250), kind: kind)
        }
    }

    private func rendered(_ stream: RoomsStream, _ events: [RunEvent]) -> String {
        var buffer = ByteBuffer()
        for event in events { stream.render(event, into: &buffer) }
        return String(buffer: buffer)
    }

    @Test func theStartIsTheModelsNodeWithoutResults() {
        #expect(
            rendered(stream(), events(.started))
                == "id: 0190163d-8694-739b-aea5-966c26f8ad91:0\n"
                + "data: {\"ability_node_id\":1,\"ability_node_name\":\"LLM Node\",\"results\":null}\n\n")
    }

    @Test func textIsWhatTheNodeAddsAndTheEndIsAllOfIt() {
        let text = rendered(stream(from: 1), events(.started, .text("He said "), .text("\"hi\""), .finished(.stop)))
        let results = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .compactMap { try? JSON.parse(String($0.dropFirst(6)))["results"]?.render() }
        #expect(
            results == [
                #"{"output":"He said "}"#, #"{"output":"\"hi\""}"#, #"{"output":"He said \"hi\"","final":true}"#,
            ])
    }

    @Test func whatWasSeenIsNotToldAgainButCounts() {
        let text = rendered(stream(from: 2), events(.started, .text("so "), .text("far"), .finished(.stop)))
        #expect(text.hasPrefix("id: 0190163d-8694-739b-aea5-966c26f8ad91:2\n"))
        #expect(text.contains(#""output":"so far","final":true"#))
    }

    @Test func aStepIsANodeWithItsOwnBeginningAndEnd() throws {
        let step = Step(id: "handbook", kind: .retrieval, name: "Handbook", input: "How far?")
        let told = events(
            .started, .stepStarted(step), .stepFinished(step.finished("A chapter")), .text("Far."),
            .toolCall(#"{"index":0,"function":{"name":"weather","arguments":"{}"}}"#), .finished(.stop))
        let nodes = rendered(stream(), told).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .compactMap { try? JSON.parse(String($0.dropFirst(6))) }
        #expect(nodes.map { $0["ability_node_id"]?.integer } == [1, 2, 2, 1, 3, 1])
        #expect(nodes[1]["ability_node_name"] == "Retrieval Node: Handbook")
        #expect(
            nodes.prefix(3).map { $0["results"]?.render() } == [
                "null", "null", #"{"output":"A chapter","final":true}"#,
            ])
        #expect(nodes[4]["ability_node_name"] == "weather")
    }

    @Test func whoDebugsSeesWhatAStepWasAskedAndHowLongItTook() throws {
        let step = Step(id: "x", kind: .tool, name: "Weather", input: "{}")
        var told = events(.stepStarted(step), .stepFinished(step.failed("no sky")))
        told[1].at = Timestamp(milliseconds: told[0].at.milliseconds + 40)
        let text = rendered(stream(isDebug: true), told)
        #expect(text.contains(#""output":null,"final":true,"failure":"no sky","input":"{}","started_time":"#))
        #expect(text.contains(#""duration_ms":40"#))
    }

    @Test func aToolIsANodeOfItsOwnUnderItsName() throws {
        let calls: [RunEvent.Kind] = [
            .toolCall(#"{"index":1,"id":"a","function":{"name":"weather","arguments":"{"}}"#),
            .toolCall(#"{"index":1,"function":{"arguments":"}"}}"#),
        ]
        let text = rendered(stream(), events(calls[0], calls[1], .finished(.toolCalls)))
        let values = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .compactMap { try? JSON.parse(String($0.dropFirst(6))) }
        #expect(values.map { $0["ability_node_id"] } == [2, 2, 1])
        #expect(values.map { $0["ability_node_name"] } == ["weather", "weather", "LLM Node"])
        let whole = try #require(values.last?["results"]?["tool_calls"]?.array?.first?["function"])
        #expect(whole["arguments"] == "{}")
    }

    @Test func theLastEventOfAFailureIsTheErrorNode() {
        let kinds: [(RunEvent.Kind, String)] = [
            (.failed(Refusal(.unavailable, "No.")), "unavailable"), (.canceled, "canceled"),
        ]
        for (kind, reason) in kinds {
            let text = rendered(stream(), events(kind))
            #expect(text.contains(#""ability_node_id":0,"ability_node_name":"error","results":{"error":{"reason":""#))
            #expect(text.contains("\"reason\":\"\(reason)\""))
        }
    }

    @Test func debugTellsInputTimesAndUsage() {
        let usage = Usage(inputTokens: 3, outputTokens: 4)
        let text = rendered(stream(isDebug: true), events(.text("far"), .usage(usage), .finished(.stop)))
        #expect(text.contains(#""input":"How far?""#) && text.contains(#""duration_ms":250"#))
        #expect(text.contains(#""usage":{"input_tokens":3,"output_tokens":4}"#))
    }

    @Test func rawValuesAreBareAndTextThatIsThereIsOne() {
        let raw = stream(from: 0, .raw)
        let values = raw.values(of: events(.started, .text("so "), .text("far"), .finished(.stop)))
        #expect(
            values.map { String(buffer: $0) } == [
                "{\"ability_node_id\":1,\"ability_node_name\":\"LLM Node\",\"results\":null}\n",
                "{\"ability_node_id\":1,\"ability_node_name\":\"LLM Node\",\"results\":{\"output\":\"so far\"}}\n",
                "{\"ability_node_id\":1,\"ability_node_name\":\"LLM Node\","
                    + "\"results\":{\"output\":\"so far\",\"final\":true}}\n",
            ])
        var buffer = ByteBuffer()
        raw.open(into: &buffer)
        raw.heartbeat(into: &buffer)
        #expect(buffer.readableBytes == 0)
    }

    @Test func whoIsHandedOverGoesOnAfterTheLastThatWasSeen() {
        var buffer = ByteBuffer()
        stream().handOver(after: 7, into: &buffer)
        let text = String(buffer: buffer)
        #expect(text.hasPrefix("id: 0190163d-8694-739b-aea5-966c26f8ad91:7\n"))
        #expect(text.contains(#""reason":"handover""#) && !text.contains("final"))
    }
}
