/// A purchase that a person has to agree to, bound to what was quoted, and used once.
package struct Approval: ShopRecord, Equatable {
    package static let kind = "approval"

    package enum State: String, Sendable, Codable {
        case pending, approved, rejected, expired, canceled
    }

    /// What a person said.
    package struct Decision: Sendable, Equatable, Codable {
        package var actor: String
        package var isApproval: Bool
        package var note: String?
        package var at: Timestamp
    }

    package var id: ID
    package var account: ID
    package var purchase: ID
    package var quoteHash: String
    package var requiredApprovals = 1
    package var decisions: [Decision] = []
    package var state = State.pending
    /// Which rules asked.
    package var reasons: [PolicyTrace]
    package var createdAt: Timestamp
    package var expiresAt: Timestamp
    package var version: Int64 = 1

    package var parent: ID? { purchase }
    package var shelf: String { state.rawValue }
}
