import Domain
import NIOCore
import Wire

/// Reads the answer of a Messages server.
final class MessagesReader: AnswerReader {
    private var tally = AnswerTally()
    private var reader = Messages.Reader()

    var hasFinished: Bool { tally.hasFinished }

    func read(_ event: EventStreamEvent, for asking: HTTPAsking) -> Bool {
        do throws(JSON.Fault) {
            let chunk = try reader.read(event: event.event, data: event.data)
            if let chunk { tally.take(chunk, for: asking) }
            if reader.isEnded { tally.done(for: asking) }
        } catch {
            asking.fail(.unreadable(asking.name, "an event"))
        }
        return !event.isNamed("ping")
    }

    func read(whole body: ByteBuffer, for asking: HTTPAsking) {
        guard let json = try? JSON.parse(body), let completion = try? Messages.parse(json) else {
            return asking.fail(.unreadable(asking.name, "an answer"))
        }
        tally.take(whole: completion, for: asking)
    }

    func streamEnded(for asking: HTTPAsking) {
        tally.end(for: asking)
    }
}
