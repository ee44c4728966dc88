import NIOCore
import Wire

/// A streamed answer as a client reads it, from the first comment to `[DONE]`.
enum StreamReading {
    private static let longestEvent = 1 << 20

    /// A clause that says what is wrong with an answer, or nil.
    static func problem(of answer: Caller.Answer) -> String? {
        guard answer.status == 200 else {
            let message = answer.json?["error"]?["message"]?.string ?? String(answer.text.prefix(200))
            return "it answered \(answer.status): \(message)"
        }
        guard answer.contentType.hasPrefix("text/event-stream") else {
            return "the answer is “\(answer.contentType)”, no event stream"
        }
        guard answer.text.hasPrefix(": connected\n\n") else { return "the stream does not begin with “: connected”" }
        var events: [EventStreamEvent] = []
        var parser = EventStreamParser(limitBytes: longestEvent)
        do { try parser.feed(answer.body) { events.append($0) } } catch { return "\(error)" }
        return problem(of: events)
    }

    /// The events of a stream whose data is JSON.
    static func values(of answer: Caller.Answer) throws -> [JSON] {
        var values: [JSON] = []
        var parser = EventStreamParser(limitBytes: longestEvent)
        try parser.feed(answer.body) { values.append(try JSON.parse($0.data)) }
        return values
    }

    private static func problem(of events: [EventStreamEvent]) -> String? {
        guard let last = events.last, String(buffer: last.data) == "[DONE]" else {
            return "the stream does not end with [DONE]"
        }
        var text = ""
        var isFinished = false
        for (place, event) in events.dropLast().enumerated() {
            guard let chunk = try? JSON.parse(event.data) else { return "event \(place) is not JSON" }
            if let error = chunk["error"] {
                return "the stream tells an error: \(error["message"]?.string ?? error.render())"
            }
            guard let choice = chunk["choices"]?.array?.first else { continue }
            let delta = choice["delta"]
            if place == 0, delta?["role"]?.string != "assistant" { return "the first chunk has no role" }
            text += delta?["content"]?.string ?? ""
            isFinished = isFinished || choice["finishReason"]?.string == "stop"
        }
        if text.isEmpty { return "the answer is empty" }
        return isFinished ? nil : "no chunk has the finishReason “stop”"
    }
}
