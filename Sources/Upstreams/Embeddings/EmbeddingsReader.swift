import Domain
import NIOCore
import Wire

/// Reads an answer to a request for embeddings that goes through as it came: the list of vectors is its text.
final class EmbeddingsReader: AnswerReader {
    let hasFinished = false

    func read(_ event: EventStreamEvent, for asking: HTTPAsking) -> Bool {
        asking.fail(.unreadable(asking.name, "a stream for an answer to a request for embeddings"))
        return false
    }

    func read(whole body: ByteBuffer, for asking: HTTPAsking) {
        guard let answer = try? JSON.parse(body), let list = answer["data"], list.array != nil else {
            return asking.fail(.unreadable(asking.name, "an answer to a request for embeddings"))
        }
        asking.deliver(.text(list.render()))
        if let tokens = answer["usage"]?["prompt_tokens"]?.integer.flatMap({ Int(exactly: $0) }), tokens >= 0 {
            asking.deliver(.usage(Usage(inputTokens: tokens, outputTokens: 0)))
        }
        asking.end(.finished(.stop))
    }

    func streamEnded(for asking: HTTPAsking) {
        asking.fail(.cut(asking.name))
    }
}
