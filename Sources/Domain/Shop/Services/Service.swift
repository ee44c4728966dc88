package import Ledger

/// What was bought, while it lasts.
package struct Service: ShopRecord, Equatable {
    package static let kind = "service"

    package enum Status: String, Sendable, Codable, CaseIterable {
        case provisioning, active, suspended, cancelScheduled = "cancel_scheduled", deprovisioning, terminated, error
    }

    package var id: ID
    package var account: ID
    package var purchase: ID
    package var item: CatalogItem
    package var configuration: JSONValue
    package var quantity: Int
    package var reality: Reality
    package var resource: ResourceRef
    package var outputs: JSONValue
    /// The agent that bought it; nil for an owner.
    package var agent: String?
    package var key: ID?
    package var isTest: Bool
    package var status: Status
    package var reason: String?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// What one more period costs, and how many months it has; nil for what is bought once.
    package var recurring: Money?
    package var periodMonths: Int?
    package var paidUntil: Timestamp?
    package var renewsItself = false
    /// How often a renewal was paid back: a period may then be bought once more.
    package var reductions = 0
    package var dueAt: Timestamp?
    package var version: Int64 = 1

    package var parent: ID? { nil }
    package var shelf: String { status.rawValue }
    package var label: String { item.serviceType }

    /// - Throws: `conflict` where nothing can be done with it now.
    func checkManageable() throws(Refusal) {
        guard status == .active || status == .cancelScheduled else { throw Shop.notNow(self) }
    }

    /// - Throws: `conflict` where it has ended, or is to end then already.
    func checkCancelable(atPeriodEnd: Bool, at now: Timestamp) throws(Refusal) {
        let isLater = atPeriodEnd && paidUntil.map { $0 > now } ?? false
        let isOver = isLater ? ![.active, .suspended].contains(status) : isEnding
        if isOver { throw Shop.notNow(self) }
    }

    package var isEnding: Bool { status == .deprovisioning || status == .terminated }

    /// Whether more of it can be bought.
    package var canBeExtended: Bool { [.active, .suspended, .cancelScheduled].contains(status) }
}

/// A change of a service that was asked for, and what came of it.
package struct ServiceOperation: ShopRecord, Equatable {
    package static let kind = "operation"

    package enum Status: String, Sendable, Codable, CaseIterable {
        case awaitingApproval = "awaiting_approval", running, reconciling, succeeded, failed, rejected, expired, denied

        /// Whether the shop is at it.
        package var isUnderWay: Bool { self == .running || self == .reconciling }
        /// Whether nothing more comes of it.
        package var isOver: Bool { !isUnderWay && self != .awaitingApproval }
    }

    package var id: ID
    package var account: ID
    package var service: ID
    package var action: ManagementAction
    package var actor: String
    /// The agent that asked for it; nil for an owner.
    package var agent: String?
    package var key: ID?
    package var status = Status.running
    package var reason: String?
    /// Of what a person has to agree to first.
    package var approval: ID?
    package var outputs: JSONValue = .null
    package var failure: Refusal?
    /// What it costs of the service's balance, held until it is done.
    package var hold: Purchase.Hold?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var dueAt: Timestamp?
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { status.rawValue }
    package var label: String { action.name }
    package var token: OperationToken { OperationToken(id, action.name) }
}
