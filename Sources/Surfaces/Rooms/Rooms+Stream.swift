import Domain
import NIOCore
import Wire

/// A run's events as this dialect streams them: what the run's nodes said.
final class RoomsStream: StreamRenderer {
    private static let errorNode = RoomsNodes.Node(
        number: 0, name: "error", beganAt: Timestamp(milliseconds: 0))

    private let run: Run
    private let framing: APIKey.Framing
    private let isDebug: Bool
    /// The first sequence that is shown; what comes before it is only remembered.
    private let first: Int64
    private var output = ""
    /// Text that goes out with what comes after it.
    private var held = ""
    private var calls: [RunEvent] = []
    private var nodes: RoomsNodes
    private var usage: Usage?

    init(_ run: Run, from first: Int64, framing: APIKey.Framing, isDebug: Bool) {
        self.run = run
        self.first = first
        self.framing = framing
        self.isDebug = isDebug
        nodes = RoomsNodes(beganAt: run.createdAt)
    }

    var writesEach: Bool { framing == .raw }

    func settle(into buffer: inout ByteBuffer) {
        guard !held.isEmpty else { return }
        write(-1, nodes.model, ["output": .string(held)], into: &buffer)
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
        write(seen, Self.errorNode, Rooms.error("handover", message), into: &buffer)
    }

    func render(_ event: RunEvent, into buffer: inout ByteBuffer) {
        let node = remember(event)
        // Whoever says to have seen more than there is gets the end again.
        guard event.sequence >= first || event.isTerminal else { return }
        switch event.kind {
        case .started, .stepStarted: write(event.sequence, node, .null, into: &buffer)
        case .text(let text) where writesEach: held += text
        case .text(let text): write(event.sequence, node, ["output": .string(text)], into: &buffer)
        case .toolCall(let text): writeCall(event, text, node, into: &buffer)
        case .stepFinished(let step): write(event.sequence, node, results(of: step, node, event), into: &buffer)
        case .usage, .choices: break
        case .finished: write(event.sequence, node, .object(whole(node, event)), into: &buffer)
        case .failed(let refusal): end(event, refusal.reason.rawValue, refusal.message, into: &buffer)
        case .canceled: end(event, "canceled", "The request was canceled.", into: &buffer)
        }
    }

    /// - Returns: the node whose event it is.
    private func remember(_ event: RunEvent) -> RoomsNodes.Node {
        switch event.kind {
        case .started:
            // Begun anew, what was said before does not count.
            (output, held, calls, usage) = ("", "", [], nil)
            nodes.beginModel(at: event.at)
        case .text(let text): output += text
        case .toolCall(let text):
            calls.append(event)
            return node(ofCall: text, at: event.at)
        case .stepStarted(let step), .stepFinished(let step): return nodes.node(of: step, at: event.at)
        case .usage(let counted): usage = counted
        case .choices, .finished, .failed, .canceled: break
        }
        return nodes.model
    }

    private func node(ofCall text: String, at moment: Timestamp) -> RoomsNodes.Node {
        let delta = try? JSON.parse(text)
        let name = delta?["function"]?["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return nodes.node(ofCall: Int(clamping: delta?["index"]?.integer ?? 0), name: name, at: moment)
    }

    /// All that the model's node said.
    private func whole(_ node: RoomsNodes.Node, _ event: RunEvent) -> JSON.Object {
        var results: JSON.Object = ["output": .string(output), "final": true]
        if !calls.isEmpty { results["tool_calls"] = .array(ToolCalls(calls).whole) }
        guard isDebug else { return results }
        add(to: &results, input: run.question.messages.map(\.text).joined(separator: "\n"), node, event)
        results["usage"] =
            usage.map {
                ["input_tokens": .integer(Int64($0.inputTokens)), "output_tokens": .integer(Int64($0.outputTokens))]
            } ?? .null
        return results
    }

    /// What came of another node.
    private func results(of step: Step, _ node: RoomsNodes.Node, _ event: RunEvent) -> JSON {
        var results: JSON.Object = ["output": step.output.map { .string($0) } ?? .null, "final": true]
        if let failure = step.failure { results["failure"] = .string(failure) }
        if isDebug { add(to: &results, input: step.input, node, event) }
        return .object(results)
    }

    private func add(to results: inout JSON.Object, input: String, _ node: RoomsNodes.Node, _ end: RunEvent) {
        results["input"] = .string(input)
        results["started_time"] = .string(node.beganAt.iso8601)
        results["ended_time"] = .string(end.at.iso8601)
        results["duration_ms"] = .integer(end.at.milliseconds - node.beganAt.milliseconds)
    }

    /// A piece of a tool call, as the model's server sent it.
    private func writeCall(
        _ event: RunEvent, _ text: String, _ node: RoomsNodes.Node, into buffer: inout ByteBuffer
    ) {
        guard let delta = try? JSON.parse(text) else { return }
        write(event.sequence, node, ["tool_call": delta], into: &buffer)
    }

    private func end(_ event: RunEvent, _ reason: String, _ message: String, into buffer: inout ByteBuffer) {
        write(event.sequence, Self.errorNode, Rooms.error(reason, message), into: &buffer)
    }

    /// One value for one event. There may be no event yet that a reader goes on after: then the sequence is below 0.
    private func write(
        _ sequence: Int64, _ node: RoomsNodes.Node, _ results: JSON, into buffer: inout ByteBuffer
    ) {
        let value: JSON = [
            "ability_node_id": .integer(Int64(node.number)),
            "ability_node_name": node.name.map { .string($0) } ?? .null,
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
