import Domain
import Wire

/// The tool calls of an answer, put together from their deltas.
struct ToolCalls {
    /// In the order of their indices; arguments are the fragments, joined.
    private(set) var whole: [JSON] = []

    init(_ events: [RunEvent]) {
        var calls: [Int64: JSON.Object] = [:]
        for event in events {
            guard case .toolCall(let text) = event.kind, let delta = try? JSON.parse(text).object else { continue }
            let index = delta["index"]?.integer ?? 0
            calls[index] = Self.joined(calls[index] ?? ["type": "function"], delta)
        }
        whole = calls.sorted { $0.key < $1.key }.map { .object($0.value) }
    }

    private static func joined(_ call: JSON.Object, _ delta: JSON.Object) -> JSON.Object {
        var call = call
        for key in ["id", "type"] {
            if let text = delta[key]?.string, !text.isEmpty { call[key] = .string(text) }
        }
        var function = call["function"]?.object ?? [:]
        for key in ["name", "arguments"] {
            let said = function[key]?.string ?? ""
            function[key] = .string(said + (delta["function"]?[key]?.string ?? ""))
        }
        call["function"] = .object(function)
        return call
    }
}
