import Domain
import NIOCore
import Wire

/// A run's events as this dialect streams them: chat-completion chunks that carry both spellings.
final class AgenticStarStream: StreamRenderer {
    private let run: Run
    private let includesUsage: Bool
    /// The parts of a chunk that are the same for the whole stream.
    private let idLine: String
    private let chunkHead: String
    private let usageMember: String
    private var usage: Usage?
    private var moment = Timestamp(milliseconds: -1)
    private var createdAt = ""

    init(_ run: Run) {
        self.run = run
        includesUsage = run.question.includesUsage
        usage = run.usage
        idLine = "id: \(run.id.uuid):"
        let model = JSON.string(run.question.modelName ?? AgenticStar.modelName).render()
        chunkHead =
            "data: {\"id\":\"chatcmpl-\(run.id.uuid)\",\"object\":\"chat.completion.chunk\","
            + "\"created\":\(run.createdAt.seconds),\"model\":\(model),\"createdAt\":\""
        usageMember = includesUsage ? ",\"usage\":null}\n\n" : "}\n\n"
    }

    func open(into buffer: inout ByteBuffer) {
        EventStream.comment("connected", into: &buffer)
    }

    func heartbeat(into buffer: inout ByteBuffer) {
        EventStream.comment("heartbeat", into: &buffer)
    }

    func handOver(after sequence: Int64, into buffer: inout ByteBuffer) {
        if sequence >= 0 { buffer.writeString("\(idLine)\(sequence)\n") }
        EventStream.event(into: &buffer) { AgenticStar.handover.render(into: &$0) }
    }

    func render(_ event: RunEvent, into buffer: inout ByteBuffer) {
        switch event.kind {
        case .started: renderStart(event, into: &buffer)
        case .text(let text):
            writeID(event, into: &buffer)
            writeHead(event, into: &buffer)
            buffer.writeStaticString("\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"")
            JSON.escape(text, into: &buffer)
            buffer.writeStaticString("\"},\"finish_reason\":null}]")
            buffer.writeString(usageMember)
        case .toolCall(let json): renderItem(json, of: "tool_calls", event, into: &buffer)
        case .choices, .stepStarted: break
        case .stepFinished(let step):
            let task = AgenticStar.task(step, of: run, at: event.at)
            renderItem(task.render(), of: "tasks", event, into: &buffer)
        case .usage(let counted): usage = counted
        case .finished(let reason): renderEnd(event, reason.word, into: &buffer)
        case .canceled: renderEnd(event, "cancelled", into: &buffer)
        case .failed(let refusal):
            let body = AgenticStar.body(of: refusal, status: refusal.reason.status)
            EventStream.event(into: &buffer) { body.render(into: &$0) }
            writeDone(event, into: &buffer)
        }
    }

    private func renderStart(_ event: RunEvent, into buffer: inout ByteBuffer) {
        writeID(event, into: &buffer)
        writeHead(event, into: &buffer)
        buffer.writeStaticString("\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"messageInfo\":")
        AgenticStar.names(of: run).render(into: &buffer)
        buffer.writeStaticString("},\"finish_reason\":null}]")
        buffer.writeString(usageMember)
    }

    /// A delta that adds one item to a list.
    private func renderItem(_ json: String, of list: String, _ event: RunEvent, into buffer: inout ByteBuffer) {
        writeID(event, into: &buffer)
        writeHead(event, into: &buffer)
        buffer.writeString("\",\"choices\":[{\"index\":0,\"delta\":{\"\(list)\":[")
        buffer.writeString(json)
        buffer.writeStaticString("]},\"finish_reason\":null}]")
        buffer.writeString(usageMember)
    }

    private func renderEnd(_ event: RunEvent, _ word: String, into buffer: inout ByteBuffer) {
        writeHead(event, into: &buffer)
        buffer.writeString(
            "\",\"choices\":[{\"index\":0,\"delta\":{},\"finishReason\":\"\(word)\",\"finish_reason\":\"\(word)\"}]")
        buffer.writeString(usageMember)
        if includesUsage {
            writeHead(event, into: &buffer)
            buffer.writeStaticString("\",\"choices\":[],\"usage\":")
            (usage ?? Usage(inputTokens: 0, outputTokens: 0)).json.render(into: &buffer)
            buffer.writeStaticString("}\n\n")
        }
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

    private func writeHead(_ event: RunEvent, into buffer: inout ByteBuffer) {
        if event.at != moment {
            moment = event.at
            createdAt = event.at.iso8601
        }
        buffer.writeString(chunkHead)
        buffer.writeString(createdAt)
    }
}
