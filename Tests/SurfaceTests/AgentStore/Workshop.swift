import Domain
import Ledger

/// A provider that brings everything at once and remembers what it was asked; domains called `taken…` are taken, and
/// what is called `slow…` takes its time.
struct Workshop: Provisioner {
    let kind = "simulated"
    let reality = Reality.simulated
    let name = "The workshop"
    let isImmediate = false

    func canProvide(_ item: CatalogItem) async -> Bool { true }

    func requirements(of item: CatalogItem) -> ItemRequirements {
        ItemRequirements(
            fields: [
                .init("domainName", "string", about: "The name.", pattern: "[a-z0-9-]+[.]com"),
                .init("periodYears", "integer", about: "For how many years.", least: 1, most: 10),
                .init("autoRenew", "boolean", isRequired: false, about: "Whether it renews itself."),
                .init("privacyProtection", "boolean", isRequired: false, about: "Whether others see whose it is."),
            ],
            example: ["domainName": "launchpad.com", "periodYears": 1])
    }

    func check(_ item: CatalogItem, _ configuration: JSONValue) async throws {
        guard configuration["domainName"]?.string?.hasPrefix("taken") != true else {
            throw Refusal(.conflict, "It is taken.", field: "$.domainName", code: "item_unavailable")
        }
    }

    func price(
        _ item: CatalogItem, _ configuration: JSONValue, quantity: Int
    ) throws(Refusal) -> PriceBreakdown {
        PriceBreakdown(
            lines: [.init(item.name, item.price.unit)], total: item.price.unit, recurring: item.price.unit,
            periodMonths: 12)
    }

    func price(
        of action: ManagementAction, on item: CatalogItem, _ configuration: JSONValue, quantity: Int,
        target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown {
        PriceBreakdown(lines: [.init(action.name, item.price.unit)], total: item.price.unit)
    }

    func provision(_ request: ProvisionRequest) async -> ProvisionOutcome {
        .succeeded(ResourceRef(provisioner: kind, id: request.service.uuid), outputs: ["locked": true])
    }

    func lookup(_ token: OperationToken) async -> ProvisionLookup { .absent }

    func perform(
        _ action: ManagementAction, on resource: ResourceRef, token: OperationToken
    ) async -> ProvisionOutcome {
        guard action.name != "domain_lock_set" else {
            return .failed(code: "invalid_input", message: "It cannot be unlocked today.", isDefinite: true)
        }
        return .succeeded(resource, outputs: ["asked": action.input], secrets: ["password": "told once"])
    }

    func inspect(_ action: ManagementAction, on resource: ResourceRef?) async throws -> JSONValue {
        ["asked": action.input, "name": .string(action.name)]
    }

    func cost(of action: ManagementAction, on item: CatalogItem) throws(Refusal) -> Money? { nil }

    func deprovision(_ resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome {
        .succeeded(resource, outputs: .null)
    }

    func inventory() async throws -> [ResourceRef] { [] }
}
