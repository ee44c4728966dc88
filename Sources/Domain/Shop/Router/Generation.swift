package import Ledger

/// One answer of the router, and what it has cost. It bears the id of the run that answers.
package struct Generation: ShopRecord, Equatable {
    package static let kind = "generation"

    package enum Status: String, Sendable, Codable {
        /// Its upper bound is held.
        case open
        case settled, voided
    }

    package var id: ID
    package var account: ID
    package var service: ID
    package var key: ID
    package var model: String
    package var upstream: String
    package var upstreamModel: String
    /// What it may cost at most, and at which prices.
    package var bound: Money
    package var prices: ModelPrice
    /// UTF-8 bytes of the prompt, for estimates where nobody counts.
    package var promptBytes: Int
    /// Tokens that each of its answers may have, as the model's server was told, and how many answers there are.
    package var maxTokens: Int
    package var choices: Int
    package var holds: [Purchase.Hold] = []
    package var status = Status.open
    package var inputTokens = 0
    package var cachedTokens = 0
    package var outputTokens = 0
    /// Whether the tokens were estimated, because the model's server did not count them.
    package var isEstimated = false
    /// What the customer has paid: whole millionths of a dollar, rounded up once.
    package var cost = Money.zero
    /// What it has cost above its bound: the store's loss.
    package var overrun = Money.zero
    /// How the run ended, by its reason to finish, or `failed` or `canceled`.
    package var finishReason: String?
    package var isStreamed: Bool
    package var isTest: Bool
    package var createdAt: Timestamp
    package var endedAt: Timestamp?
    /// When it counts as abandoned.
    package var dueAt: Timestamp?
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { status.rawValue }
    package var label: String { key.uuid }
}
