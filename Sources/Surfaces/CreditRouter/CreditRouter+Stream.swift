import Domain
import NIOCore
import Wire

/// A run's events as this dialect streams them: chat-completion chunks, with all that the model's server said.
final class CreditRouterStream: StreamRenderer {
    private let run: Run
    private let includesUsage: Bool
    /// The parts of a chunk that are the same for the whole stream.
    private let idLine: String
    private let chunkHead: String
    private let chunkTail: String
    private var usage: Usage?

    init(_ run: Run) {
        self.run = run
        includesUsage = run.question.includesUsage
        usage = run.usage
        idLine = "id: \(run.id.uuid):"
        let model = JSON.string(run.question.modelName ?? "").render()
        chunkHead =
            "data: {\"id\":\"\(CreditRouter.name(of: run))\",\"object\":\"chat.completion.chunk\","
            + "\"created\":\(run.createdAt.seconds),\"model\":\(model),\"choices\":["
        chunkTail = includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n"
    }

    func open(into buffer: inout ByteBuffer) {
        EventStream.comment("connected", into: &buffer)
    }

    func heartbeat(into buffer: inout ByteBuffer) {
        EventStream.comment("heartbeat", into: &buffer)
    }

    func handOver(after sequence: Int64, into buffer: inout ByteBuffer) {
        if sequence >= 0 { buffer.writeString("\(idLine)\(sequence)\n") }
        EventStream.event(into: &buffer) { CreditRouter.handover.render(into: &$0) }
    }

    func render(_ event: RunEvent, into buffer: inout ByteBuffer) {
        switch event.kind {
        case .started: renderDelta("\"role\":\"assistant\",\"content\":\"\"", event, into: &buffer)
        case .text(let text):
            writeID(event, into: &buffer)
            buffer.writeString(chunkHead)
            buffer.writeStaticString("{\"index\":0,\"delta\":{\"content\":\"")
            JSON.escape(text, into: &buffer)
            buffer.writeStaticString("\"},\"finish_reason\":null}")
            buffer.writeString(chunkTail)
        case .toolCall(let json): renderDelta("\"tool_calls\":[\(json)]", event, into: &buffer)
        case .choices(let json):
            writeID(event, into: &buffer)
            buffer.writeString(chunkHead)
            buffer.writeSubstring(json.dropFirst().dropLast())
            buffer.writeString(chunkTail)
        case .usage(let counted): usage = counted
        case .finished(let reason): renderEnd(event, reason.word, into: &buffer)
        case .failed(let refusal): renderFailure(refusal, event, into: &buffer)
        case .canceled: renderFailure(CreditRouter.canceled, event, into: &buffer)
        case .stepStarted, .stepFinished: break
        }
    }

    private func renderDelta(_ members: String, _ event: RunEvent, into buffer: inout ByteBuffer) {
        writeID(event, into: &buffer)
        buffer.writeString(chunkHead)
        buffer.writeString("{\"index\":0,\"delta\":{\(members)},\"finish_reason\":null}")
        buffer.writeString(chunkTail)
    }

    private func renderEnd(_ event: RunEvent, _ word: String, into buffer: inout ByteBuffer) {
        buffer.writeString(chunkHead)
        buffer.writeString("{\"index\":0,\"delta\":{},\"finish_reason\":\"\(word)\"}")
        buffer.writeString(chunkTail)
        if includesUsage {
            buffer.writeString(chunkHead)
            buffer.writeStaticString("],\"usage\":")
            ChatCompletions.Usage(usage ?? Usage(inputTokens: 0, outputTokens: 0)).render().render(into: &buffer)
            buffer.writeStaticString("}\n\n")
        }
        writeDone(event, into: &buffer)
    }

    private func renderFailure(_ refusal: Refusal, _ event: RunEvent, into buffer: inout ByteBuffer) {
        EventStream.event(into: &buffer) { CreditRouter.body(of: refusal).render(into: &$0) }
        writeDone(event, into: &buffer)
    }

    private func writeDone(_ event: RunEvent, into buffer: inout ByteBuffer) {
        writeID(event, into: &buffer)
        buffer.writeStaticString("data: [DONE]\n\n")
    }

    private func writeID(_ event: RunEvent, into buffer: inout ByteBuffer) {
        buffer.writeString(idLine)
        buffer.writeString(String(event.sequence))
        buffer.writeInteger(UInt8(ascii: "\n"))
    }
}
