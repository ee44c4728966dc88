import Domain
import NIOCore
import Wire

/// A run's events as this dialect streams them: what the run's nodes said. The model is the first node; each tool that
/// it calls is one more.
final class RoomsStream: StreamRenderer {
    private static let modelNode = 1
    private static let modelName = "LLM Node"
    private static let errorNode = 0

    private let run: Run
    private let framing: APIKey.Framing
    private let isDebug: Bool
    /// The first sequence that is shown; what comes before it is only remembered.
    private let first: Int64
    private var output = ""
    /// Text that goes out with what comes after it.
    private var held = ""
    private var calls: [RunEvent] = []
    private var names: [Int: String] = [:]
    private var usage: Usage?

    init(_ run: Run, from first: Int64, framing: APIKey.Framing, isDebug: Bool) {
        self.run = run
        self.first = first
        self.framing = framing
        self.isDebug = isDebug
    }

    var writesEach: Bool { framing == .raw }

    func settle(into buffer: inout ByteBuffer) {
        guard !held.isEmpty else { return }
        write(-1, Self.modelNode, Self.modelName, ["output": .string(held)], into: &buffer)
        held = ""
    }

    func open(into buffer: inout ByteBuffer) {
        if framing == .sse { EventStream.comment("connected", into: &buffer) }
    }

    func heartbeat(into buffer: inout ByteBuffer) {
        if framing == .sse { EventStream.comment("heartbeat", into: &buffer) }
    }

    func handOver(after sequence: Int64, into buffer: inout ByteBuffer) {
        let message = "This server stops, and the answer goes on: follow the request again, with its Last-Event-ID."
        // What was only remembered so far has been seen before.
        let seen = max(sequence, first - 1)
        write(seen, Self.errorNode, "error", Rooms.error("handover", message), into: &buffer)
    }

    func render(_ event: RunEvent, into buffer: inout ByteBuffer) {
        remember(event)
        // Whoever says to have seen more than there is gets the end again.
        guard event.sequence >= first || event.isTerminal else { return }
        switch event.kind {
        case .started: node(event, .null, into: &buffer)
        case .text(let text) where writesEach: held += text
        case .text(let text): node(event, ["output": .string(text)], into: &buffer)
        case .toolCall(let text): tool(event, text, into: &buffer)
        case .usage: break
        case .finished: node(event, .object(whole(event)), into: &buffer)
        case .failed(let refusal): end(event, refusal.reason.rawValue, refusal.message, into: &buffer)
        case .canceled: end(event, "canceled", "The request was canceled.", into: &buffer)
        }
    }

    private func remember(_ event: RunEvent) {
        switch event.kind {
        case .text(let text): output += text
        case .toolCall: calls.append(event)
        case .usage(let counted): usage = counted
        case .started, .finished, .failed, .canceled: break
        }
    }

    /// All that the model's node said.
    private func whole(_ event: RunEvent) -> JSON.Object {
        var results: JSON.Object = ["output": .string(output), "final": true]
        if !calls.isEmpty { results["tool_calls"] = .array(ToolCalls(calls).whole) }
        guard isDebug else { return results }
        results["input"] = .string(run.question.messages.map(\.text).joined(separator: "\n"))
        results["started_time"] = .string(run.createdAt.iso8601)
        results["ended_time"] = .string(event.at.iso8601)
        results["duration_ms"] = .integer(event.at.milliseconds - run.createdAt.milliseconds)
        results["usage"] =
            usage.map {
                ["input_tokens": .integer(Int64($0.inputTokens)), "output_tokens": .integer(Int64($0.outputTokens))]
            } ?? .null
        return results
    }

    private func node(_ event: RunEvent, _ results: JSON, into buffer: inout ByteBuffer) {
        write(event.sequence, Self.modelNode, Self.modelName, results, into: &buffer)
    }

    /// A piece of a tool call, as the model's server sent it. Only the first piece of a call names its tool.
    private func tool(_ event: RunEvent, _ text: String, into buffer: inout ByteBuffer) {
        guard let delta = try? JSON.parse(text) else { return }
        let index = Int(clamping: delta["index"]?.integer ?? 0)
        let name = delta["function"]?["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        names[index] = names[index] ?? name
        write(
            event.sequence, Self.modelNode + 1 + index, names[index], ["tool_call": delta], into: &buffer)
    }

    private func end(_ event: RunEvent, _ reason: String, _ message: String, into buffer: inout ByteBuffer) {
        write(event.sequence, Self.errorNode, "error", Rooms.error(reason, message), into: &buffer)
    }

    /// One value for one event. There may be no event yet that a reader goes on after: then the sequence is below 0.
    private func write(
        _ sequence: Int64, _ node: Int, _ name: String?, _ results: JSON, into buffer: inout ByteBuffer
    ) {
        let value: JSON = [
            "ability_node_id": .integer(Int64(node)), "ability_node_name": name.map { .string($0) } ?? .null,
            "results": results,
        ]
        guard framing == .sse else {
            value.render(into: &buffer)
            buffer.writeStaticString("\n")
            return
        }
        if sequence >= 0 { buffer.writeString("id: \(run.id.uuid):\(sequence)\n") }
        EventStream.event(into: &buffer) { value.render(into: &$0) }
    }
}
