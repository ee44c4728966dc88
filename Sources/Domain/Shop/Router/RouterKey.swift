package import Ledger

/// A key for the router, which spends the credits of one service; not the key that buys them.
package struct RouterKey: ShopRecord, Equatable {
    package static let kind = "router_key"

    /// After which time its limit is whole again.
    package enum Reset: String, Sendable, Codable, CaseIterable {
        case daily, weekly, monthly
    }

    package var id: ID
    package var account: ID
    package var service: ID
    package var name: String
    /// SHA-256 of the secret.
    package var secretHash: [UInt8]
    package var limit: Money?
    package var limitReset: Reset?
    package var expiresAt: Timestamp?
    /// nil for every model.
    package var allowedModels: [String]?
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    package var isDisabled = false
    package var revokedAt: Timestamp?
    package var isTest: Bool
    package var actor: String
    package var createdAt: Timestamp
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { revokedAt == nil ? "active" : "revoked" }
}

/// One answer of the router, and what it has cost.
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
    /// How many tokens it may cost at most, and at which prices.
    package var bound: Money
    package var prices: ModelPrice
    package var holds: [Purchase.Hold]
    package var status = Status.open
    package var inputTokens = 0
    package var outputTokens = 0
    package var isEstimated = false
    /// Whole millionths of a dollar, rounded up once.
    package var cost = Money.zero
    package var overrun = Money.zero
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

/// What a model costs, in millionths of a dollar for a million tokens.
package struct ModelPrice: Sendable, Equatable, Codable {
    package var input: Int64
    package var output: Int64
    /// Of input that the model's server had cached; nil where that costs as much as other input.
    package var cachedInput: Int64?
    /// For each request besides.
    package var request: Int64

    package init(input: Int64, output: Int64, cachedInput: Int64? = nil, request: Int64 = 0) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.request = request
    }
}
