import Domain
import Ledger
import Wire

/// Purchases, and what belongs to them.
extension Render {
    /// A purchase as it stands in `purchase`, wherever it is told. Of one as it was opened, every letter is the same
    /// each time.
    static func purchase(_ purchase: Purchase, approvalURL: (ID) -> String) -> JSON {
        let state = purchase.state
        var object: JSON.Object = [
            "id": .string(purchase.id.uuid), "status": .string(state.status.rawValue),
            "quoteId": .string(purchase.quote.id.uuid), "catalogItemId": .string(purchase.quote.item.id),
            "displayName": .string(purchase.quote.item.name), "category": .string(purchase.quote.item.category),
            "quantity": .integer(Int64(purchase.quote.quantity)), "totalPriceMinor": minor(purchase.total),
            "currency": currency,
        ]
        object["statusReason"] = text(state.reason)
        if hasService(purchase) { object["serviceId"] = .string(purchase.service.uuid) }
        if let approval = state.approval {
            object["approvalId"] = .string(approval.uuid)
            object["approvalUrl"] = .string(approvalURL(approval))
        }
        object["pollAfterMs"] = pause(state.status).map { .integer($0) }
        object["configuration"] = JSON(purchase.quote.configuration)
        object["outputs"] = value(state.outputs)
        object["refundedMinor"] = minor(state.refunded)
        object["refundState"] = .string(refundState(purchase))
        object["idempotencyKey"] = .string(purchase.idempotencyKey)
        object["reason"] = text(purchase.why)
        object["actor"] = .string(purchase.actor)
        object["reality"] = .string(purchase.quote.reality.rawValue)
        object["testMode"] = .bool(purchase.isTest)
        object["trace"] = trace(purchase.trace)
        object["createdAt"] = moment(purchase.createdAt)
        object["updatedAt"] = moment(state.updatedAt)
        return .object(object)
    }

    /// More of a service has it from the beginning; a new one is there once the purchase is completed.
    private static func hasService(_ purchase: Purchase) -> Bool {
        purchase.quote.extending != nil || purchase.state.status == .completed
    }

    private static func refundState(_ purchase: Purchase) -> String {
        if purchase.state.refunded == .zero { return "none" }
        return purchase.state.refunded < purchase.total ? "partial" : "full"
    }

    /// Milliseconds after which it is worth asking again; nil for what stays so.
    private static func pause(_ status: Purchase.Status) -> Int64? {
        switch status {
        case .awaitingApproval, .reconciling: 5000
        case .actionRequired: 10_000
        case .authorized, .provisioning: 1000
        case .denied, .completed, .failed, .rejected, .expired, .canceled: nil
        }
    }

    static func approval(_ approval: Approval, url: String) -> JSON {
        var object: JSON.Object = [
            "id": .string(approval.id.uuid), "state": .string(approval.state.rawValue),
            "requiredApprovals": .integer(Int64(approval.requiredApprovals)),
        ]
        switch approval.subject {
        case .purchase(let id):
            object["purchaseId"] = .string(id.uuid)
            object["quoteHash"] = .string(approval.hash)
        case .operation(let id):
            object["operationId"] = .string(id.uuid)
            object["operationHash"] = .string(approval.hash)
        }
        object["decisions"] = .array(approval.decisions.map(decision))
        object["reasons"] = trace(approval.reasons)
        object["createdAt"] = moment(approval.createdAt)
        object["expiresAt"] = moment(approval.expiresAt)
        object["approvalUrl"] = .string(url)
        if approval.state == .pending { object["pollAfterMs"] = 5000 }
        return .object(object)
    }

    private static func decision(_ decision: Approval.Decision) -> JSON {
        var object: JSON.Object = [
            "actor": .string(decision.actor), "decision": decision.isApproval ? "approve" : "reject",
        ]
        object["note"] = text(decision.note)
        object["at"] = moment(decision.at)
        return .object(object)
    }

    static func refund(_ refund: Refund) -> JSON {
        var object: JSON.Object = [
            "id": .string(refund.id.uuid), "purchaseId": .string(refund.purchase.uuid),
            "status": .string(refund.status.rawValue), "amountMinor": minor(refund.amount), "currency": currency,
            "reasonCode": .string(refund.reasonCode),
        ]
        object["failure"] = text(refund.failure)
        object["createdAt"] = moment(refund.createdAt)
        object["updatedAt"] = moment(refund.updatedAt)
        return .object(object)
    }
}
