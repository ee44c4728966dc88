package import Domain
package import Ledger
import Synchronization

/// Where the things of a test's shop come from: what it has is counted, and how it goes about each effect is known
/// before.
package final class Depot: Provisioner {
    package let kind: String
    package let name = "The depot"
    package let reality: Reality
    package let isImmediate: Bool
    private let mood: @Sendable (OperationToken) -> Mood
    let state = Mutex(Stock())

    package init(
        _ kind: String = "depot", reality: Reality = .simulated, isImmediate: Bool = false,
        mood: @escaping @Sendable (OperationToken) -> Mood = { _ in .willing }
    ) {
        self.kind = kind
        self.reality = reality
        self.isImmediate = isImmediate
        self.mood = mood
    }

    package func canProvide(_ item: CatalogItem) async -> Bool { true }

    package func requirements(of item: CatalogItem) -> ItemRequirements {
        ItemRequirements(
            fields: [
                .init("name", "string", about: "What it is called.", pattern: "[a-z]+"),
                .init("size", "integer", isRequired: false, about: "How much of it.", least: 1, most: 9),
                .init("autoRenew", "boolean", isRequired: false, about: "Whether it goes on."),
                .init("balance", "integer", isRequired: false, about: "Dollars to use up.", least: 0, most: 50),
            ], example: ["name": "garden"])
    }

    package func check(_ item: CatalogItem, _ configuration: JSONValue) async throws {
        if configuration["name"]?.string == "taken" {
            throw Refusal(.conflict, "Somebody has that.", field: "$.name", code: "item_unavailable")
        }
    }

    /// The unit's price for each of its size, and the balance beside.
    package func price(
        _ item: CatalogItem, _ configuration: JSONValue, quantity: Int
    ) throws(Refusal) -> PriceBreakdown {
        let size = configuration["size"]?.integer ?? 1
        let dollars = configuration["balance"]?.integer ?? 0
        let kept = isImmediate ? item.price.unit : Money(micros: dollars * Money.microsPerDollar)
        guard let pieces = item.price.unit.times(Int64(quantity) * size), let sum = pieces.plus(kept) else {
            throw .invalid("quantity", "That is too much.")
        }
        let total = isImmediate ? pieces : sum
        return PriceBreakdown(
            lines: [.init(item.name, total)], total: total, recurring: item.price.periodMonths == nil ? nil : pieces,
            periodMonths: item.price.periodMonths, balance: isImmediate ? total : kept)
    }

    /// A renewal costs what a period does; a top-up what it brings.
    package func price(
        of action: ManagementAction, on item: CatalogItem, _ configuration: JSONValue, quantity: Int,
        target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown {
        if action.name == ServiceAction.topUpPhone {
            let amount = try (action.input["amountUsd"] ?? .null)
                .dollars("amountUsd", least: Money(micros: 10_000), most: Money(micros: 100_000_000))
            return PriceBreakdown(lines: [.init("Balance", amount)], total: amount, balance: amount)
        }
        let periods = action.input["periods"]?.integer ?? 1
        let once = try price(item, configuration, quantity: quantity)
        guard action.name == ServiceAction.renew, let recurring = once.recurring, let total = recurring.times(periods)
        else {
            throw Refusal(.unsupported, "The depot does not do that.", code: "capability_unsupported")
        }
        return PriceBreakdown(
            lines: [.init(item.name, total)], total: total, recurring: recurring, periodMonths: once.periodMonths,
            periods: Int(periods))
    }

    /// A message costs a cent.
    package func cost(of action: ManagementAction, on item: CatalogItem) throws(Refusal) -> Money? {
        action.name == "phone_message_send" ? Money(micros: 10_000) : nil
    }

    package func provision(_ request: ProvisionRequest) async -> ProvisionOutcome {
        ask(request.token) { stock in
            stock.things[request.service.uuid, default: 0] += 1
            return request.service.uuid
        }
    }

    package func perform(
        _ action: ManagementAction, on resource: ResourceRef, token: OperationToken
    ) async -> ProvisionOutcome {
        guard isImmediate || isThere(resource) || isKnown(token) else {
            return .failed(code: "not_found", message: "It is there no more.", isDefinite: true)
        }
        let outcome = ask(token) { stock in
            stock.changes[token.text, default: 0] += 1
            return resource.id
        }
        guard case .succeeded(let resource, let outputs, _) = outcome else { return outcome }
        return .succeeded(resource, outputs: outputs, secrets: ["secret": .string(Self.secret(of: token))])
    }

    /// Told once; what must stand nowhere else.
    package static func secret(of token: OperationToken) -> String { "hush-\(token.text.hashed)" }

    package func deprovision(_ resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome {
        ask(token) { stock in
            stock.things[resource.id] = nil
            return resource.id
        }
    }

    package func inspect(_ action: ManagementAction, on resource: ResourceRef?) async throws -> JSONValue { [:] }

    package func inventory() async throws -> [ResourceRef] {
        state.withLock { $0.things.keys.sorted() }.map { ResourceRef(provisioner: kind, id: $0) }
    }

    package func lookup(_ token: OperationToken) async -> ProvisionLookup {
        state.withLock { stock in
            guard var effect = stock.effects[token.text] else { return .absent }
            defer { stock.effects[token.text] = effect }
            effect.lookups += 1
            return effect.found(of: self.kind, in: &stock, isCalm: stock.isCalm)
        }
    }

    private func ask(
        _ token: OperationToken, bring: @escaping @Sendable (inout Stock) -> String
    ) -> ProvisionOutcome {
        let mood = mood(token)
        return state.withLock { stock in
            var effect = stock.effects[token.text] ?? Effect(mood: stock.isCalm ? .willing : mood, bring: bring)
            effect.asks += 1
            let outcome = effect.outcome(of: self.kind, in: &stock, isCalm: stock.isCalm)
            stock.effects[token.text] = effect
            return outcome
        }
    }

    private func isThere(_ resource: ResourceRef) -> Bool { state.withLock { $0.things[resource.id] != nil } }
    private func isKnown(_ token: OperationToken) -> Bool { state.withLock { $0.effects[token.text] != nil } }
}

extension String {
    /// A number that says nothing of the letters.
    fileprivate var hashed: UInt64 {
        utf8.reduce(0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
