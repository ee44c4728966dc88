import Domain
import Ledger
import Wire

/// Keys for the router, and what they have spent.
extension Tool {
    static let router = [
        routerKeyCreate, routerKeyList, routerKeyUpdate, routerKeyRotate, routerKeyRevoke, routerUsage,
        routerGeneration, routerModels,
        extend(
            "router_credit_topup", in: .router, capability: "router:credit:topup",
            "Buys more credits for a router. It is a purchase.", [.amountUSD]),
    ]

    private static let routerKeyCreate = Tool(
        "router_api_key_create", in: .router, .write, keys: .honoured, scope: Capability.serviceWrite,
        capability: "router:api-key:create",
        """
        Makes a key for the OpenAI-compatible router, which spends the credits of one service. The key is told this \
        once; it is not the key that buys.
        """,
        [.serviceID, .required("label", .text(longest: 200), "What people call it.", example: "production")]
            + InputField.routerRules
    ) { call in
        var wish = RouterKeys.Wish(
            service: try call.input.neededID("serviceId"), name: try call.input.needed("label"))
        wish.limit = try call.input.dollars("limitUsd")
        wish.limitReset = call.input.word("limitReset")
        wish.expiresAt = call.input.moment("expiresAt")
        wish.allowedModels = call.input.texts("allowedModels")
        wish.requestsPerMinute = call.input.count("rpm")
        wish.tokensPerMinute = call.input.count("tpm")
        let made = try await call.front.routerKeys.create(wish, for: call.buyer, key: call.key)
        return ToolAnswer(body: call.render(made), kind: .created, isRepeated: made.isRepeated)
    }

    private static let routerKeyList = Tool(
        "router_api_key_list", in: .router, .read, scope: Capability.serviceRead, capability: "router:api-key:list",
        "Lists the keys of a router, newest first, without their letters.", [.serviceID, .limit, .cursor]
    ) { call in
        let input = call.input
        let (keys, next) = try await call.front.routerKeys.list(
            service: input.neededID("serviceId"), for: call.buyer, limit: input.limit, after: input.cursorID)
        return .ok(Render.list("keys", keys.map(Render.routerKey), next: PageMark.text(next)))
    }

    private static let routerKeyUpdate = Tool(
        "router_api_key_update", in: .router, .write, scope: Capability.serviceWrite,
        capability: "router:api-key:update", "Changes what a key may do. What is not named stays as it is.",
        [
            .routerKeyID, .itsService, .label,
            .optional("disabled", .flag, "Whether it is refused until it is enabled again."),
        ] + InputField.routerRules
    ) { call in
        let id = try await call.routerKey()
        var changes = RouterKeys.Changes()
        changes.name = call.input.text("label")
        changes.isDisabled = call.input.flag("disabled")
        // Whatever is not named stays as it is.
        if let limit = try call.input.dollars("limitUsd") { changes.limit = .some(limit) }
        if let reset = call.input.word("limitReset") as RouterKey.Reset? { changes.limitReset = .some(reset) }
        if let end = call.input.moment("expiresAt") { changes.expiresAt = .some(end) }
        if let models = call.input.texts("allowedModels") { changes.allowedModels = .some(models) }
        if let rate = call.input.count("rpm") { changes.requestsPerMinute = .some(rate) }
        if let rate = call.input.count("tpm") { changes.tokensPerMinute = .some(rate) }
        let key = try await call.front.routerKeys.update(id, changes, for: call.buyer)
        return .ok(["routerKey": Render.routerKey(key)])
    }

    private static let routerKeyRotate = Tool(
        "router_api_key_rotate", in: .router, .write, keys: .honoured, scope: Capability.serviceWrite,
        capability: "router:api-key:rotate",
        "Gives a key other letters, told this once. The old ones are honoured for an hour.",
        [.routerKeyID, .itsService]
    ) { call in
        let made = try await call.front.routerKeys.rotate(
            call.routerKey(), for: call.buyer, key: call.key)
        return ToolAnswer(body: call.render(made), isRepeated: made.isRepeated)
    }

    private static let routerKeyRevoke = Tool(
        "router_api_key_revoke", in: .router, .write, scope: Capability.serviceWrite,
        capability: "router:api-key:revoke", "Ends a key of the router for good.", [.routerKeyID, .itsService]
    ) { call in
        let key = try await call.front.routerKeys.revoke(call.routerKey(), for: call.buyer)
        return .ok(["routerKey": Render.routerKey(key)])
    }

    private static let routerUsage = Tool(
        "router_usage_get", in: .router, .read, scope: Capability.serviceRead, capability: "router:usage:get",
        "Tells what a router's answers have cost.",
        [
            .serviceID, .optional("routerKeyId", .id, "Only answers to this key."),
            .optional("from", .moment, "Only answers from then on."),
            .optional("to", .moment, "Only answers before then."),
            .optional("groupBy", .word(RouterUsage.Group.allCases.map(\.rawValue)), "By what it is told apart."),
        ]
    ) { call in
        let input = call.input
        let usage = try await call.front.modelRouter.usage(
            of: input.neededID("serviceId"), key: input.id("routerKeyId"), from: input.moment("from"),
            to: input.moment("to"), by: input.word("groupBy"), for: call.buyer)
        return .ok(Render.usage(usage))
    }

    private static let routerGeneration = Tool(
        "router_generation_get", in: .router, .read, scope: Capability.serviceRead,
        capability: "router:generation:get", "Shows one answer of the router, and what it has cost.",
        [.required("generationId", .text(longest: 100), "The answer: its X-Generation-Id, or its id.")]
    ) { call in
        let text = try call.input.needed("generationId")
        // An answer's own id, as clients of completions see it, has a word before it.
        let plain = text.split(separator: "-", maxSplits: 1).last.map(String.init) ?? text
        guard let id = ID(spelled: text) ?? ID(spelled: plain) else {
            throw Refusal(.notFound, "There is no generation “\(text)”.", field: "generationId")
        }
        let generation = try await call.front.modelRouter.generation(id, for: call.buyer)
        return .ok(["generation": Render.generation(generation)])
    }

    private static let routerModels = Tool(
        "router_model_list", in: .router, .read, scope: Capability.catalogRead,
        "Lists the models that the router sells, and what they cost."
    ) { call in
        .ok(["models": .array(call.front.modelRouter.models.models(isTest: call.buyer.isTest).map(Render.model))])
    }
}

extension InputField {
    fileprivate static let routerKeyID = required("routerKeyId", .id, "The key, as router_api_key_list names it.")
    fileprivate static let itsService = optional("serviceId", .id, "The router that the key is of.")

    fileprivate static let routerRules: [InputField] = [
        .optional("limitUsd", .dollars, "What it may spend at most.", example: 25),
        .optional(
            "limitReset", .word(RouterKey.Reset.allCases.map(\.rawValue)),
            "After which time the limit is whole again."),
        .expiresAt,
        .optional(
            "allowedModels", .list(.text(longest: 200), most: 100), "Only these models.",
            example: ["claude-sonnet-4"]),
        .optional("rpm", .integer(1...1_000_000_000), "Requests a minute.", example: 60),
        .optional("tpm", .integer(1...1_000_000_000), "Tokens a minute.", example: 100_000),
    ]
}

extension ToolCall {
    /// - Throws: `notFound` for a key of another router than the one that is named.
    fileprivate func routerKey() async throws -> ID {
        let id = try input.neededID("routerKeyId")
        guard let service = try input.id("serviceId") else { return id }
        guard try await front.routerKeys.key(id, for: buyer).service == service else {
            throw Refusal(.notFound, "This router has no key \(id).", field: "routerKeyId")
        }
        return id
    }

    fileprivate func render(_ made: RouterKeys.Made) -> JSON {
        var object: JSON.Object = [:]
        object["key"] = Render.text(made.letters)
        object["routerKeyId"] = .string(made.key.id.uuid)
        if made.isRepeated { object["secretNotRepeatable"] = true }
        object["baseUrl"] = .string(front.publicURL + "/openai/v1")
        object["routerKey"] = Render.routerKey(made.key)
        return .object(object)
    }
}
