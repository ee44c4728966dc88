/// Tokens read and written, as the upstream counted them or, failing that, estimated.
package struct Usage: Sendable, Equatable, Codable {
    package var inputTokens: Int
    package var outputTokens: Int
    package var estimated = false

    package init(inputTokens: Int, outputTokens: Int, estimated: Bool = false) {
        self.inputTokens = Self.sane(inputTokens)
        self.outputTokens = Self.sane(outputTokens)
        self.estimated = estimated
    }

    /// Counts come from upstreams; sums of them must not overflow.
    private static func sane(_ count: Int) -> Int { min(max(count, 0), 1 << 53) }

    /// A quarter of the UTF-8 bytes, rounded up: the usual rule of thumb for models that do not report.
    package static func estimate(inputBytes: Int, outputBytes: Int) -> Usage {
        Usage(inputTokens: (inputBytes + 3) / 4, outputTokens: (outputBytes + 3) / 4, estimated: true)
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
    }
}
