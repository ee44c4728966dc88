import Domain
import Wire

/// What every surface that sells stands on: the shop, and how its tools are used.
struct Shopfront: Sendable {
    let shop: Shop
    let routerKeys: RouterKeys
    let modelRouter: ModelRouter
    let agentKeys: AgentKeys
    let webhooks: ShopWebhooks
    let directory: Directory
    let receipts: Receipts
    /// Without a slash at its end.
    let publicURL: String

    /// - Parameter header: the idempotency key, if it came beside the input.
    /// - Throws: `forbidden` without the scope, `invalid` for an input that is not the tool's, and what the shop says.
    func use(
        _ tool: Tool, _ object: JSON.Object, key header: String? = nil, by buyer: Buyer
    ) async throws -> ToolAnswer {
        guard tool.isOpen(to: buyer) else { throw Self.unscoped(tool) }
        var object = object
        let letters = try Self.takeKey(of: tool, from: &object, header)
        try InputField.check(object, tool.input)
        guard letters != nil || tool.keyRule != .required else { throw Refusal.keyRequired }
        // What a purchase needs its policies judge; and whoever may do nothing may still ask why.
        if !buyer.isOwner, !tool.isPurchase, tool.scope != Capability.policyRead {
            try await shop.checkScopes([tool.scope, tool.capability].compactMap(\.self), of: buyer)
        }
        let asked = JSON.array([.string(tool.name), JSON.object(object).canonical])
        let key = letters.map {
            IdempotencyKey(path: Self.place(tool, object), key: $0, request: Array(asked.render().utf8))
        }
        return try await tool.run(ToolCall(front: self, buyer: buyer, input: ToolInput(object), key: key))
    }

    private static func unscoped(_ tool: Tool) -> Refusal {
        guard !tool.isForOwners else { return Refusal(.forbidden, "Only an owner may do this.") }
        let needed = [tool.scope, tool.capability].compactMap(\.self)
        return Refusal(
            .forbidden, "This key lacks the scope \(needed.joined(separator: " or ")).", code: "insufficient_scope",
            details: ["needs": .array(needed.map { .string($0) })])
    }

    /// The key from the input or from beside it.
    /// - Throws: `invalid` for two that differ.
    private static func takeKey(
        of tool: Tool, from object: inout JSON.Object, _ header: String?
    ) throws(Refusal) -> String? {
        guard tool.keyRule != .never else { return nil }
        let name = InputField.keyName
        var letters: String?
        if let value = object[name], !value.isNull {
            try InputField.key(isRequired: false).shape.check(value, at: name)
            letters = value.string
        }
        object[name] = nil
        guard let header else { return letters }
        guard letters == nil || letters == header else {
            throw .invalid(name, "\(name) and the Idempotency-Key header differ; send one, or the same twice.")
        }
        return header
    }

    /// Where a key counts: the tool and what it is used on, whichever surface it came through.
    private static func place(_ tool: Tool, _ object: JSON.Object) -> String {
        guard !tool.isPurchase else { return Shop.purchasePath }
        let subjects = tool.input.filter { $0.isRequired && $0.shape == .id }.compactMap { object[$0.name]?.string }
        return ([tool.name] + subjects).joined(separator: "/")
    }
}

extension Refusal {
    static let keyRequired = Refusal(
        .invalid,
        "idempotencyKey is needed: one key for one thing that you want, the same again when you ask again.",
        field: InputField.keyName, code: "idempotency_key_required")
}
