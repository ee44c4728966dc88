package import Ledger

/// What a request weighs before anybody has counted its tokens, as its door has measured it.
package struct RouterFacts: Sendable, Equatable {
    /// UTF-8 bytes of everything that goes to the model, as JSON, but for images: no text has fewer bytes as JSON.
    package var bytes: Int
    /// Of these, what a model's server may write anew for its model, with spaces, line ends and escapes: tools,
    /// schemas, and the arguments of calls.
    package var laidOutBytes = 0
    package var messages: Int
    package var tools = 0
    package var images = 0
    /// How many answers are asked for.
    package var choices = 1

    package init(bytes: Int, messages: Int) {
        self.bytes = bytes
        self.messages = messages
    }
}

/// The most that an answer can cost.
///
/// A token of a byte-level tokenizer is one byte at least, so that a prompt has no more tokens than bytes. Beside what
/// the client wrote, a model's server adds a few for each message, the words that introduce tools, and those that its
/// template begins with. Of an answer nothing is known but what the model's server is told: `max_tokens`.
package struct RouterBound: Sendable, Equatable {
    package static let tokensPerMessage = 16
    package static let tokensForTools = 1024
    package static let tokensPerTool = 32
    /// JSON written with escapes for all that is not ASCII has three times as many bytes at most.
    package static let largestLayout = 3
    /// No prompt and no answer has more; a server that counts more does not count.
    package static let mostTokens = 1_000_000_000
    package static let mostChoices = 128

    package let inputTokens: Int
    package let choices: Int
    private let prices: ModelPrice
    private let mostTokensPerChoice: Int

    /// - Throws: `unsupported` for images that nobody can bound, `invalid` for more answers than there may be.
    package init(of facts: RouterFacts, for model: RouterModel, key: RouterKey) throws(Refusal) {
        guard (1...Self.mostChoices).contains(facts.choices) else {
            throw .invalid("n", "n is a number from 1 to \(Self.mostChoices).")
        }
        var tokens = facts.bytes + facts.laidOutBytes * (Self.largestLayout - 1)
        tokens += facts.messages * Self.tokensPerMessage + model.overheadTokens
        if facts.tools > 0 { tokens += Self.tokensForTools + facts.tools * Self.tokensPerTool }
        if facts.images > 0 {
            guard let each = model.imageTokens else {
                throw Refusal(
                    .unsupported, "“\(model.name)” takes no images: nothing is known of what they cost.",
                    field: "messages", code: "images_not_supported")
            }
            tokens += facts.images * each
        }
        inputTokens = min(tokens, Self.mostTokens)
        choices = facts.choices
        prices = model.prices
        mostTokensPerChoice = min(model.maxOutputTokens, key.maxTokens ?? .max)
    }

    /// What an answer may have where a request asks for so much, or says nothing.
    package func maxTokens(asked: Int?) -> Int { min(asked ?? mostTokensPerChoice, mostTokensPerChoice) }

    /// - Parameter maxTokens: for each of the answers.
    /// - Throws: `invalid` for what is too much to count.
    package func cost(maxTokens: Int) throws(Refusal) -> Money {
        let most = prices.dearest(input: Int128(inputTokens), output: Int128(maxTokens) * Int128(choices))
        guard let micros = Int64(exactly: most) else {
            throw .invalid("max_tokens", "Such an answer could cost more than can be counted.")
        }
        return Money(micros: micros)
    }

    /// The longest answers whose bound is no more than this; 0 where not even one token is.
    package func affordableMaxTokens(_ money: Money) -> Int {
        let room = Int128(money.micros - min(prices.request, money.micros)) * ModelPrice.perMillion
        let left = room - Int128(inputTokens) * Int128(prices.dearestInput)
        guard money.micros >= prices.request, left >= 0 else { return 0 }
        guard prices.output > 0 else { return mostTokensPerChoice }
        return Int(min(left / (Int128(prices.output) * Int128(choices)), Int128(mostTokensPerChoice)))
    }
}

extension ModelPrice {
    static let perMillion: Int128 = 1_000_000

    /// Should a server charge more for what it has cached than for what it has not.
    var dearestInput: Int64 { max(input, cachedInput ?? 0) }

    fileprivate func dearest(input: Int128, output: Int128) -> Int128 {
        Self.roundedUp(input * Int128(dearestInput) + output * Int128(self.output)) + Int128(request)
    }

    /// What so many tokens cost: rounded once, up, to whole millionths of a dollar.
    /// - Parameter cached: of the input.
    package func cost(input: Int, cached: Int, output: Int) -> Money {
        let input = Self.counted(input)
        let cached = min(Self.counted(cached), input)
        let sum =
            (input - cached) * Int128(self.input) + cached * Int128(cachedInput ?? self.input)
            + Self.counted(output) * Int128(self.output)
        let micros = Self.roundedUp(sum) + Int128(request)
        return Money(micros: Int64(clamping: micros))
    }

    private static func counted(_ tokens: Int) -> Int128 {
        Int128(min(max(tokens, 0), RouterBound.mostTokens))
    }

    private static func roundedUp(_ sum: Int128) -> Int128 {
        (sum + perMillion - 1) / perMillion
    }
}
