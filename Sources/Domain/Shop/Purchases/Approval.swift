/// What a person has to agree to, bound to what exactly was asked for, and used once.
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

    /// What waits for it.
    package enum Subject: Sendable, Equatable, Codable {
        case purchase(ID)
        /// A change of a service that cannot be taken back.
        case operation(ID)

        package var id: ID {
            switch self {
            case .purchase(let id), .operation(let id): id
            }
        }
    }

    package var id: ID
    package var account: ID
    package var subject: Subject
    /// Of the quote, or of the operation.
    package var hash: String
    package var requiredApprovals = 1
    package var decisions: [Decision] = []
    package var state = State.pending
    /// Which rules asked.
    package var reasons: [PolicyTrace]
    package var createdAt: Timestamp
    package var expiresAt: Timestamp
    package var version: Int64 = 1

    package var parent: ID? { subject.id }
    package var shelf: String { state.rawValue }
}
