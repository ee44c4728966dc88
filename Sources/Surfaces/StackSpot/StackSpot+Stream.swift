import Domain
import NIOCore
import Wire

/// A run's events as this dialect streams them: the answer's words one after another, then an event that ends it.
final class StackSpotStream: StreamRenderer {
    /// What stands in every event before its message, and after it.
    private static let head: StaticString = "data: {\"message\":\""
    private static let tail: StaticString = """
        ","upload_ids":{},"knowledge_source_id":[],"source":[],"cross_account_source":[],"tools_id":[]
        """

    /// The first sequence that is shown; what comes before it is only remembered.
    private let first: Int64
    private let tellsSources: Bool
    /// The part of a cursor that is the same for the whole stream.
    private let idLine: String
    private var ending: StackSpot.Ending
    private var usage: Usage?
    private let inputBytes: Int
    private var outputBytes = 0

    init(_ run: Run, from first: Int64, _ telling: StackSpot.Telling) {
        self.first = first
        tellsSources = telling.sources
        idLine = "id: \(run.id.uuid):"
        ending = StackSpot.Ending(run, telling)
        usage = run.usage
        inputBytes = telling.inputBytes
    }

    func open(into buffer: inout ByteBuffer) {
        EventStream.comment("connected", into: &buffer)
    }

    func heartbeat(into buffer: inout ByteBuffer) {
        EventStream.comment("heartbeat", into: &buffer)
    }

    func handOver(after sequence: Int64, into buffer: inout ByteBuffer) {
        // What was only remembered so far has been seen before.
        let seen = max(sequence, first - 1)
        if seen >= 0 { writeID(seen, into: &buffer) }
        buffer.writeStaticString(Self.head)
        buffer.writeStaticString(Self.tail)
        buffer.writeStaticString(",\"error\":")
        StackSpot.handover.render(into: &buffer)
        buffer.writeStaticString("}\n\n")
    }

    func render(_ event: RunEvent, into buffer: inout ByteBuffer) {
        switch event.kind {
        case .text(let text):
            outputBytes += text.utf8.count
            if event.sequence >= first { write(text, event, into: &buffer) }
        case .started:
            // Begun anew, what was counted and found before does not count.
            (usage, outputBytes, ending.passages) = (nil, 0, [])
        case .stepFinished(let step): if tellsSources { ending.passages = step.passages ?? ending.passages }
        case .usage(let counted): usage = counted
        case .toolCall, .choices, .stepStarted: break
        // Whoever says to have seen more than there is gets the end again.
        case .finished(let reason): writeEnd(event, reason.word, into: &buffer)
        case .canceled: writeEnd(event, StackSpot.canceledWord, into: &buffer)
        case .failed(let refusal): writeEnd(event, "error", error: StackSpot.failure(refusal), into: &buffer)
        }
    }

    private func write(_ text: String, _ event: RunEvent, into buffer: inout ByteBuffer) {
        writeID(event.sequence, into: &buffer)
        buffer.writeStaticString(Self.head)
        JSON.escape(text, into: &buffer)
        buffer.writeStaticString(Self.tail)
        buffer.writeStaticString("}\n\n")
    }

    private func writeEnd(
        _ event: RunEvent, _ stopReason: String, error: JSON? = nil, into buffer: inout ByteBuffer
    ) {
        ending.usage = usage ?? .estimate(inputBytes: inputBytes, outputBytes: outputBytes)
        writeID(event.sequence, into: &buffer)
        EventStream.event(into: &buffer) { ending.answer("", stopReason, error: error).render(into: &$0) }
    }

    private func writeID(_ sequence: Int64, into buffer: inout ByteBuffer) {
        buffer.writeString(idLine)
        buffer.writeString(String(sequence))
        buffer.writeInteger(UInt8(ascii: "\n"))
    }
}
