package import Ledger

/// Money of a purchase that is asked back; the purchase's own total is never rewritten.
package struct Refund: ShopRecord, Equatable {
    package static let kind = "refund"

    package enum Status: String, Sendable, Codable {
        case requested, processing, succeeded, failed
    }

    package var id: ID
    package var account: ID
    package var purchase: ID
    package var amount: Money
    package var reasonCode: String
    package var actor: String
    package var status = Status.requested
    package var failure: String?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var version: Int64 = 1

    package var parent: ID? { purchase }
    package var shelf: String { status.rawValue }
}

/// A wish of an agent for more money; a person reads it, nothing moves.
package struct FundingRequest: ShopRecord, Equatable {
    package static let kind = "funding_request"

    package var id: ID
    package var account: ID
    package var amount: Money
    package var why: String
    package var actor: String
    package var isTest: Bool
    package var createdAt: Timestamp
    /// `open`, or `done` once the wallet was funded.
    package var status = "open"
    package var version: Int64 = 1

    package var shelf: String { status }
}
