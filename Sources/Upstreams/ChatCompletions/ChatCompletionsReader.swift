import Domain
import NIOCore
import Wire

/// Reads the answer of a chat-completions server.
final class ChatCompletionsReader: AnswerReader {
    private var tally = AnswerTally()

    var hasFinished: Bool { tally.hasFinished }

    func read(_ event: EventStreamEvent, for asking: HTTPAsking) -> Bool {
        if event.isData("[DONE]") {
            tally.done(for: asking)
            return true
        }
        do throws(JSON.Fault) {
            if asking.passesThrough {
                tally.take(all: try JSON.parse(event.data), for: asking)
            } else {
                tally.take(try ChatCompletions.Chunk.parse(event.data), for: asking)
            }
        } catch {
            asking.fail(.unreadable(asking.name, "an event"))
        }
        return true
    }

    func read(whole body: ByteBuffer, for asking: HTTPAsking) {
        guard let json = try? JSON.parse(body), let completion = try? ChatCompletions.Completion.parse(json) else {
            return asking.fail(.unreadable(asking.name, "an answer"))
        }
        if asking.passesThrough {
            tally.take(allOf: completion, for: asking)
        } else {
            tally.take(whole: completion, for: asking)
        }
    }

    func streamEnded(for asking: HTTPAsking) {
        tally.end(for: asking)
    }
}
