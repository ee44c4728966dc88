package import Ledger

/// Something being bought, from the wish to the thing or to a no.
package struct Purchase: ShopRecord, Equatable {
    package static let kind = "purchase"

    package enum Status: String, Sendable, Codable, CaseIterable {
        case denied
        case awaitingApproval = "awaiting_approval"
        case authorized, provisioning
        case actionRequired = "action_required"
        case reconciling, completed, failed, rejected, expired, canceled

        /// Whether it stays so for good.
        package var isTerminal: Bool {
            switch self {
            case .denied, .completed, .failed, .rejected, .expired, .canceled: true
            case .awaitingApproval, .authorized, .provisioning, .actionRequired, .reconciling: false
            }
        }
    }

    /// All of it that changes.
    package struct State: Sendable, Equatable, Codable {
        package var status: Status
        /// Why it stands so: `blocked`, a provisioner's code, an owner's word.
        package var reason: String?
        package var updatedAt: Timestamp
        package var approval: ID?
        package var outputs: JSONValue = .null
        package var refunded = Money.zero
        /// Of a renewal, when what it pays for begins.
        package var periodStart: Timestamp?

        package init(status: Status, reason: String? = nil, updatedAt: Timestamp) {
            self.status = status
            self.reason = reason
            self.updatedAt = updatedAt
        }
    }

    /// A hold that is to be posted or voided with the purchase.
    package struct Hold: Sendable, Equatable, Codable {
        package var id: ID
        package var debit: String
        package var credit: String
        package var amount: Int64
    }

    package var id: ID
    package var account: ID
    package var quote: Quote
    /// What comes of it, once it does; of more of a service, that service.
    package var service: ID
    /// Who buys, as events name them.
    package var actor: String
    package var agent: String?
    package var key: ID?
    package var idempotencyKey: String
    package var why: String?
    package var isTest: Bool
    package var trace: [PolicyTrace]
    /// What the rules had said at first, where they have said something else since.
    package var firstTrace: [PolicyTrace]?
    package var holds: [Hold]
    package var createdAt: Timestamp
    package var state: State
    /// As it was answered first: what a repeated request is answered again.
    package var opening: State
    package var dueAt: Timestamp?
    /// How often it was asked for, and looked up.
    package var attempts = 0
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { state.status.rawValue }
    package var label: String { quote.item.category }
    package var total: Money { quote.price.total }
    /// Under which its effect is brought about, however often it is asked for.
    package var token: OperationToken {
        OperationToken(id, quote.extending?.action.name ?? "provision")
    }

    /// The purchase as it was answered first.
    package var asOpened: Purchase {
        var purchase = self
        purchase.state = opening
        purchase.trace = firstTrace ?? trace
        return purchase
    }
}
