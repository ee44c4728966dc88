import Domain
import Wire

/// Tools that are nothing but an action of a service's provisioner: rows of data.
extension Tool {
    /// What a service is like; it changes nothing.
    static func look(
        _ name: String, in group: Group, at type: String, capability: String? = nil, _ summary: String,
        _ fields: [InputField] = []
    ) -> Tool {
        Tool(
            name, in: group, .read, scope: Capability.serviceRead, capability: capability, summary,
            [.serviceID] + fields
        ) { call in
            let found = try await call.shop.inspect(
                call.action(name), on: call.input.neededID("serviceId"), type: type, for: call.buyer)
            return .ok(JSON(found))
        }
    }

    /// What can be had, of no service yet.
    static func search(
        _ name: String, in group: Group, at type: String, _ summary: String, _ fields: [InputField]
    ) -> Tool {
        Tool(name, in: group, .read, scope: Capability.catalogRead, summary, fields) { call in
            .ok(JSON(try await call.shop.inspect(call.action(name), on: nil, type: type, for: call.buyer)))
        }
    }

    /// A change of a service; it answers the operation that carries it out.
    /// - Parameter isDestructive: of those that are so with some inputs only.
    static func change(
        _ name: String, in group: Group, _ effect: Effect = .write, keys: KeyRule = .honoured,
        capability: String? = nil, _ summary: String, _ fields: [InputField] = [],
        isDestructive: @escaping @Sendable (ToolInput) -> Bool = { _ in true }
    ) -> Tool {
        Tool(
            name, in: group, effect, keys: keys, scope: Capability.serviceWrite, capability: capability, summary,
            [.serviceID] + fields
        ) { call in
            call.answer(
                try await call.shop.perform(
                    call.action(name), on: call.input.neededID("serviceId"),
                    isDestructive: effect == .destructive && isDestructive(call.input), for: call.buyer,
                    key: call.key))
        }
    }

    /// More of a service, which is a purchase.
    static func extend(
        _ name: String, in group: Group, capability: String? = nil, _ summary: String, _ fields: [InputField]
    ) -> Tool {
        Tool(
            name, in: group, .money, keys: .required, scope: Capability.purchaseWrite, capability: capability,
            isPurchase: true, summary, [.serviceID] + fields + [.maxTotal]
        ) { call in
            call.answer(
                try await call.shop.extend(
                    service: call.input.neededID("serviceId"), call.action(name),
                    maxTotal: call.input.minor("maxTotalMinor"), for: call.buyer, key: call.neededKey))
        }
    }
}

extension ToolCall {
    func render(_ operation: ServiceOperation) -> JSON {
        Render.operation(operation, approvalURL: front.approvalURL)
    }

    /// - Parameter secrets: told this once.
    func told(_ operation: ServiceOperation, secrets: JSONValue = .null) -> JSON.Object {
        var object: JSON.Object = ["operationId": .string(operation.id.uuid), "operation": render(operation)]
        object["secrets"] = Render.value(secrets)
        return object
    }

    func answer(_ performed: Shop.Performed) -> ToolAnswer {
        let operation = performed.operation
        // It was refused the first time, and is again.
        if let refusal = operation.failure, performed.isRepeated {
            return ToolAnswer(body: .null, isRepeated: true, refusal: refusal, refusedAs: operation.id)
        }
        return ToolAnswer(
            body: .object(told(operation, secrets: performed.secrets)),
            kind: operation.status.isOver ? .ok : .accepted, isRepeated: performed.isRepeated)
    }

    /// As a provisioner is asked: without the words that say on what, and how much it may cost.
    func action(_ name: String) -> ManagementAction {
        ManagementAction(name, input.value(without: ["serviceId", "maxTotalMinor"]))
    }
}
