package import Domain
package import Ledger

/// Sells credits of the router. What it brings are rows of the shop itself: there is nothing to wait for.
package struct RouterProvisioner: Provisioner {
    private static let least = Money(micros: Money.microsPerDollar)
    private static let most = Money(micros: 100_000 * Money.microsPerDollar)

    package let kind = "router"
    package let reality = Reality.real
    package let name = "Rialto's router"
    package let isImmediate = true

    package init() {}

    package func canProvide(_ item: CatalogItem) async -> Bool { true }

    package func requirements(of item: CatalogItem) -> ItemRequirements {
        ItemRequirements(
            fields: [
                .init(
                    "creditAmountUsd", "number", about: "Credits to buy, in dollars with two places at most.",
                    least: 1,
                    most: Self.most.micros / Money.microsPerDollar)
            ],
            example: ["creditAmountUsd": 25])
    }

    package func check(_ item: CatalogItem, _ configuration: JSONValue) async throws {}

    package func price(
        _ item: CatalogItem, _ configuration: JSONValue, quantity: Int
    ) throws(Refusal) -> PriceBreakdown {
        let amount = try (configuration["creditAmountUsd"] ?? .null)
            .dollars("configuration.creditAmountUsd", least: Self.least, most: Self.most)
        guard let total = amount.times(Int64(quantity)) else {
            throw .invalid("quantity", "quantity is too large.")
        }
        let line = PriceBreakdown.Line("\(item.name), \(amount.dollars) USD", total)
        return PriceBreakdown(lines: [line], total: total, balance: total)
    }

    package func price(
        of action: ManagementAction, on item: CatalogItem, _ configuration: JSONValue, quantity: Int,
        target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown {
        guard action.name == ServiceAction.topUpRouter else { throw .unsupported(action, by: item.name) }
        let amount = try (action.input["amountUsd"] ?? .null).dollars("amountUsd", least: Self.least, most: Self.most)
        let line = PriceBreakdown.Line("\(item.name), \(amount.dollars) USD more", amount)
        return PriceBreakdown(lines: [line], total: amount, balance: amount)
    }

    package func provision(_ request: ProvisionRequest) async -> ProvisionOutcome {
        .succeeded(ResourceRef(provisioner: kind, id: request.service.uuid), outputs: .null)
    }

    /// There is nothing but what the shop writes itself: asked again, it comes about again.
    package func lookup(_ token: OperationToken) async -> ProvisionLookup { .absent }

    package func perform(
        _ action: ManagementAction, on resource: ResourceRef, token: OperationToken
    ) async -> ProvisionOutcome {
        guard action.name == ServiceAction.topUpRouter else {
            let refusal = Refusal.unsupported(action, by: name)
            return .failed(code: "capability_unsupported", message: refusal.message, isDefinite: true)
        }
        return .succeeded(resource, outputs: .null)
    }

    package func inspect(_ action: ManagementAction, on resource: ResourceRef?) async throws -> JSONValue {
        throw Refusal.unsupported(action, by: name)
    }

    package func cost(of action: ManagementAction, on item: CatalogItem) throws(Refusal) -> Money? { nil }

    package func deprovision(_ resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome {
        .succeeded(resource, outputs: .null)
    }

    package func inventory() async throws -> [ResourceRef] { [] }
}
