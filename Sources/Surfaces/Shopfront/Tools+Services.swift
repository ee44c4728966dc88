import Domain
import Wire

/// What was bought, and what happened.
extension Tool {
    static let services = [
        serviceList, serviceGet, serviceRenew, serviceAutoRenew, serviceCancel, operationGet, operationList, eventList,
    ]

    private static let serviceList = Tool(
        "service_list", .read, scope: Capability.serviceRead, "Lists what was bought, newest first.",
        [
            .optional("type", .text(longest: 100), "Only those of this type.", example: "domain"),
            .optional("status", .word(Service.Status.allCases.map(\.rawValue)), "Only those that stand so."),
            .limit, .cursor,
        ]
    ) { call in
        let input = call.input
        let (services, next) = try await call.shop.services(
            for: call.buyer, type: input.text("type"), status: input.word("status"), limit: input.limit,
            after: input.cursorID)
        return .ok(Render.list("services", services.map(Render.service), next: PageMark.text(next)))
    }

    private static let serviceGet = Tool(
        "service_get", .read, scope: Capability.serviceRead,
        "Shows a service: its state, what it was made with and what it answers at.", [.serviceID]
    ) { call in
        let service = try await call.shop.service(call.input.neededID("serviceId"), for: call.buyer)
        return .ok(["service": Render.service(service)])
    }

    private static let serviceRenew = Tool(
        "service_renew", .money, keys: .required, scope: Capability.purchaseWrite, isPurchase: true,
        "Pays a service for more periods. It is a purchase, and the owner's policies hold for it.",
        [.serviceID, .required("periods", .integer(1...36), "For how many periods.", example: 1), .maxTotal]
    ) { call in
        call.answer(
            try await call.shop.renew(
                service: call.input.neededID("serviceId"), periods: call.input.count("periods") ?? 1,
                maxTotal: call.input.minor("maxTotalMinor"), for: call.buyer, key: call.neededKey))
    }

    private static let serviceAutoRenew = Tool(
        "service_auto_renew_set", .write, scope: Capability.serviceWrite,
        "Says whether a service renews itself when its time is over.",
        [.serviceID, .required("enabled", .flag, "Whether it does.")]
    ) { call in
        let service = try await call.shop.setAutoRenew(
            service: call.input.neededID("serviceId"), to: call.input.flag("enabled") ?? false, for: call.buyer)
        return .ok(["service": Render.service(service)])
    }

    private static let serviceCancel = Tool(
        "service_cancel", .destructive, keys: .required, scope: Capability.serviceWrite,
        "Ends a service, now or when what was paid is used up. What it holds is lost then.",
        [
            .serviceID,
            .required("when", .word(["now", "period_end"]), "When it ends.", example: "period_end"),
        ]
    ) { call in
        let canceled = try await call.shop.cancel(
            service: call.input.neededID("serviceId"),
            atPeriodEnd: call.input.text("when") == ServiceAction.atPeriodEnd, for: call.buyer, key: call.neededKey)
        var body = canceled.operation.map { call.told($0) } ?? [:]
        body["service"] = Render.service(canceled.service)
        return ToolAnswer(
            body: .object(body), kind: canceled.operation?.status.isOver ?? true ? .ok : .accepted,
            isRepeated: canceled.isRepeated)
    }

    private static let operationGet = Tool(
        "operation_get", .read, scope: Capability.serviceRead, "Shows how a change of a service stands.",
        [.required("operationId", .id, "The operation, as the change answered it."), .waitSeconds]
    ) { call in
        let operation = try await call.shop.operation(
            call.input.neededID("operationId"), for: call.buyer, waitSeconds: call.input.count("waitSeconds") ?? 0)
        return .ok(["operation": call.render(operation)])
    }

    private static let operationList = Tool(
        "operation_list", .read, scope: Capability.serviceRead, "Lists the changes of a service, newest first.",
        [
            .serviceID,
            .optional(
                "status", .word(ServiceOperation.Status.allCases.map(\.rawValue)), "Only those that stand so."),
            .limit, .cursor,
        ]
    ) { call in
        let input = call.input
        let (operations, next) = try await call.shop.operations(
            of: input.neededID("serviceId"), for: call.buyer, status: input.word("status"), limit: input.limit,
            after: input.cursorID)
        return .ok(Render.list("operations", operations.map(call.render), next: PageMark.text(next)))
    }

    private static let eventList = Tool(
        "event_list", .read, scope: Capability.purchaseRead,
        "Lists what happened in the account's shop, in order. Ask again with after, the last seq that you have seen.",
        [
            .optional("after", .integer(0...Int64.max), "Only what came after this seq.", example: 0),
            .optional(
                "types", .list(.text(longest: 100), most: 20), "Only events of these types.",
                example: ["purchase.completed"]),
            .limit,
        ]
    ) { call in
        let input = call.input
        let after = input.integer("after") ?? 0
        let events = try await call.shop.events(
            for: call.buyer, after: after, types: input.texts("types"), limit: input.limit)
        return .ok([
            "events": .array(events.map(Render.event)), "nextAfter": .integer(events.last?.sequence ?? after),
        ])
    }
}
