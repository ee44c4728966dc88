import Domain
import Wire

/// What was bought, and what is done with it.
extension Render {
    static func service(_ service: Service) -> JSON {
        var object: JSON.Object = [
            "id": .string(service.id.uuid), "type": .string(service.item.serviceType),
            "status": .string(service.status.rawValue), "catalogItemId": .string(service.item.id),
            "sku": .string(service.item.sku), "name": .string(service.item.name),
            "category": .string(service.item.category), "quantity": .integer(Int64(service.quantity)),
        ]
        object["statusReason"] = text(service.reason)
        object["configuration"] = JSON(service.configuration)
        object["outputs"] = value(service.outputs)
        object["managementCapabilities"] = texts(service.item.capabilities)
        object["purchaseId"] = .string(service.purchase.uuid)
        object["agent"] = text(service.agent)
        object["reality"] = .string(service.reality.rawValue)
        object["recurring"] = recurring(service.recurring, months: service.periodMonths)
        object["paidUntil"] = moment(service.paidUntil)
        object["autoRenew"] = .bool(service.renewsItself)
        object["testMode"] = .bool(service.isTest)
        object["createdAt"] = moment(service.createdAt)
        object["updatedAt"] = moment(service.updatedAt)
        return .object(object)
    }

    static func operation(_ operation: ServiceOperation, approvalURL: (ID) -> String) -> JSON {
        var object: JSON.Object = [
            "id": .string(operation.id.uuid), "serviceId": .string(operation.service.uuid),
            "action": .string(operation.action.name), "status": .string(operation.status.rawValue),
        ]
        object["statusReason"] = text(operation.reason)
        if let approval = operation.approval {
            object["approvalId"] = .string(approval.uuid)
            object["approvalUrl"] = .string(approvalURL(approval))
        }
        object["outputs"] = value(operation.outputs)
        object["error"] = operation.failure.map { Fault($0).json() }
        if operation.status.isUnderWay { object["pollAfterMs"] = 1000 }
        if operation.status == .awaitingApproval { object["pollAfterMs"] = 5000 }
        object["actor"] = .string(operation.actor)
        object["createdAt"] = moment(operation.createdAt)
        object["updatedAt"] = moment(operation.updatedAt)
        return .object(object)
    }
}
