/// Tokens read and written, as the upstream counted them or, failing that, estimated.
package struct Usage: Sendable, Equatable, Codable {
    package var inputTokens: Int
    package var outputTokens: Int
    package var estimated = false
    /// Of the input, what came from knowledge sources: an estimate, nil where nothing did.
    package var knowledgeTokens: Int?
    /// Of the input, what the model's server had cached; of the output, what nobody is shown. nil where it says
    /// nothing of it.
    package var cachedTokens: Int?
    package var reasoningTokens: Int?

    package init(inputTokens: Int, outputTokens: Int, estimated: Bool = false) {
        self.inputTokens = Self.sane(inputTokens)
        self.outputTokens = Self.sane(outputTokens)
        self.estimated = estimated
    }

    /// Counts come from upstreams; sums of them must not overflow.
    private static func sane(_ count: Int) -> Int { min(max(count, 0), 1 << 53) }

    package static func estimate(inputBytes: Int, outputBytes: Int) -> Usage {
        Usage(
            inputTokens: TokenEstimate.tokens(ofBytes: inputBytes),
            outputTokens: TokenEstimate.tokens(ofBytes: outputBytes), estimated: true)
    }
}

extension Usage {
    /// What a version wrote that did not know all of the fields yet.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            inputTokens: try stored.decode(Int.self, forKey: .inputTokens),
            outputTokens: try stored.decode(Int.self, forKey: .outputTokens),
            estimated: try stored.decodeIfPresent(Bool.self, forKey: .estimated) ?? false)
        knowledgeTokens = try stored.decodeIfPresent(Int.self, forKey: .knowledgeTokens)
        cachedTokens = try stored.decodeIfPresent(Int.self, forKey: .cachedTokens)
        reasoningTokens = try stored.decodeIfPresent(Int.self, forKey: .reasoningTokens)
    }
}

/// Tokens where no model has counted them: a quarter of the UTF-8 bytes, rounded up, the usual rule of thumb.
package enum TokenEstimate {
    package static func tokens(ofBytes bytes: Int) -> Int { bytes / 4 + (bytes % 4 == 0 ? 0 : 1) }

    package static func tokens(in text: some StringProtocol) -> Int { tokens(ofBytes: text.utf8.count) }
}
