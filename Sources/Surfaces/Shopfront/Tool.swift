import Domain
import Wire

/// One thing that can be done in the shop, whichever surface asks for it.
struct Tool: Sendable {
    /// What it may change.
    enum Effect: Sendable {
        case read, write
        /// It spends, holds or moves money.
        case money
        /// It may end or overwrite what cannot be had back.
        case destructive
    }

    /// Whether it takes an idempotency key.
    enum KeyRule: Sendable {
        case never, honoured, required
    }

    /// What tools are for: a client may ask for some of these only.
    enum Group: String, Sendable, CaseIterable {
        case core, domains, servers, router, phone, storage
    }

    let name: String
    let group: Group
    /// One or two plain sentences for a model.
    let summary: String
    /// Without the idempotency key.
    let input: [InputField]
    let keyRule: KeyRule
    /// Which scope of a key it needs.
    let scope: String
    /// What the service's item calls it: a key with this scope alone may do it too.
    let capability: String?
    let effect: Effect
    /// Whether it buys: then its key counts for everything that is bought.
    let isPurchase: Bool
    /// Whether no agent may use it, whatever its scopes.
    let isForOwners: Bool
    let run: @Sendable (ToolCall) async throws -> ToolAnswer

    init(
        _ name: String, in group: Group = .core, _ effect: Effect, keys: KeyRule = .never, scope: String,
        capability: String? = nil, isPurchase: Bool = false, isForOwners: Bool = false, _ summary: String,
        _ input: [InputField] = [], run: @escaping @Sendable (ToolCall) async throws -> ToolAnswer
    ) {
        self.name = name
        self.group = group
        self.summary = summary
        self.input = input
        keyRule = keys
        self.scope = scope
        self.capability = capability
        self.effect = effect
        self.isPurchase = isPurchase
        self.isForOwners = isForOwners
        self.run = run
    }

    /// Every tool, in the order in which they are always listed.
    static let all =
        catalog + purchases + wallet + services + domains + servers + router + phone + storage

    /// What a key can be good for: the shop's scopes, and what services call the tools for them.
    static let scopes = Capability.all + Array(Set(all.compactMap(\.capability))).sorted()

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

    static func named(_ name: String) -> Tool? { byName[name] }

    /// With the idempotency key, where it takes one.
    var fields: [InputField] {
        switch keyRule {
        case .never: input
        case .honoured: input + [.key(isRequired: false)]
        case .required: input + [.key(isRequired: true)]
        }
    }

    /// JSON Schema 2020-12 of its input.
    var schema: JSON { .object(InputField.schema(fields)) }

    func isOpen(to buyer: Buyer) -> Bool {
        guard !isForOwners else { return buyer.isOwner }
        return buyer.isOwner || buyer.scopes.contains(scope) || capability.map { buyer.scopes.contains($0) } ?? false
    }
}

extension InputField {
    static let keyName = "idempotencyKey"

    static func key(isRequired: Bool) -> InputField {
        let about = """
            Choose one key per thing you want to buy and send the SAME key again whenever you repeat that same call \
            (timeout, unclear answer, restart). Use a new key only to buy one more.
            """
        let shape = InputShape.matching("[ -~]+")
        return isRequired
            ? .required(keyName, shape, about, example: "deploy-domain-1")
            : .optional(keyName, shape, about, example: "deploy-domain-1")
    }
}
