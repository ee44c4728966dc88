import Domain
import Wire

/// What only owners do: they say where they want to be told of what happens.
extension Tool {
    static let ownerWebhooks = [
        owner("account_webhook_list", "Lists where events are sent, and how far that has come.") { call in
            let webhooks = try await call.front.webhooks.list(of: call.buyer.account)
            return .ok(["webhooks": .array(webhooks.map { .object(Render.webhook($0)) })])
        },
        owner(
            "account_webhook_create", effect: .write,
            "Has every event from now on sent to an address. The secret that signs them is told this once.",
            [
                .required(
                    "url", .text(longest: 4096), "Where to, by http or https.",
                    example: "https://books.example/rialto"),
                .optional(
                    "eventTypes", .list(.matching(#"[a-z_]+(\.[a-z_]+)*"#, longest: 100), most: 50),
                    "Only events of these types; all without.", example: ["purchase.completed"]),
            ]
        ) { call in
            let (webhook, secret) = try await call.front.webhooks.add(
                url: call.input.needed("url"), eventTypes: call.input.texts("eventTypes"), by: call.buyer)
            var object = Render.webhook(webhook)
            object["secret"] = .string(secret)
            return ToolAnswer(body: ["webhook": .object(object)], kind: .created)
        },
        owner(
            "account_webhook_delete", effect: .destructive, "Sends no more events to an address.",
            [.required("webhookId", .id, "The webhook.")]
        ) { call in
            let id = try call.input.neededID("webhookId")
            try await call.front.webhooks.remove(id, by: call.buyer)
            return .ok(["id": .string(id.uuid), "deleted": true])
        },
    ]
}

extension Render {
    fileprivate static func webhook(_ webhook: ShopWebhook) -> JSON.Object {
        var object: JSON.Object = [
            "id": .string(webhook.id.uuid), "url": .string(webhook.url),
            "status": .string(webhook.state.rawValue), "lastDeliveredSequence": .integer(webhook.after),
            "failures": .integer(Int64(webhook.attempts)),
        ]
        object["serviceId"] = id(webhook.service)
        object["eventTypes"] = webhook.eventTypes.map(texts)
        object["createdAt"] = moment(webhook.createdAt)
        object["disabledAt"] = moment(webhook.disabledAt)
        object["lastProblem"] = webhook.lastProblem.map { .string($0) }
        return object
    }
}
