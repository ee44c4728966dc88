import Domain
import Wire

/// Not a model: says again what the user said last, the same way every time, and counts words for tokens. What it
/// costs is held and paid as with any model, so that all of the router can be tried without one.
struct Echo: Upstream {
    func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking {
        if prompt.passthrough?.door == .embeddings { return embed(prompt.passed ?? [:], into: answer) }
        let request = prompt.request(streams: true)
        let choices = Int(clamping: prompt.passed?["n"]?.integer ?? 1)
        let heard = request.messages.map { Self.tokens(in: $0.text).count }.reduce(0, +)
        let echo = Self.tokens(in: request.messages.last { $0.role == .user }?.text ?? "")
        let said = echo.prefix(prompt.maxOutputTokens ?? .max)
        var pieces = said.map { AnswerPiece.text($0) }
        for index in 1..<max(choices, 1) {
            pieces.append(.choices(Self.choice(index, said.joined(), isWhole: said.count == echo.count)))
        }
        pieces.append(.usage(Usage(inputTokens: heard, outputTokens: said.count * max(choices, 1))))
        let telling = Telling(
            pieces, end: .finished(said.count == echo.count ? .stop : .length), into: answer)
        telling.begin()
        return telling
    }

    /// Words, each with the spaces before it: never more than bytes.
    static func tokens(in text: String) -> [String] {
        var tokens: [String] = []
        var token = ""
        for letter in text {
            if letter.isWhitespace, let last = token.last, !last.isWhitespace {
                tokens.append(token)
                token = ""
            }
            token.append(letter)
        }
        return token.isEmpty ? tokens : tokens + [token]
    }

    private static func choice(_ index: Int, _ text: String, isWhole: Bool) -> String {
        let choice: JSON = [
            "index": .integer(Int64(index)), "delta": ["content": .string(text)],
            "finish_reason": isWhole ? "stop" : "length",
        ]
        return JSON.array([choice]).render()
    }
}
