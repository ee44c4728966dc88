package import Domain
package import Ledger

/// Pretends to have domains, servers, phone numbers and storage, and remembers them in the store: it does all that
/// such things do, as far as that can be seen from the shop, and reaches nobody outside.
package struct Simulated: Provisioner {
    package let kind = "simulated"
    package let reality = Reality.simulated
    package let name = "Rialto's simulation"
    package let isImmediate = false

    let store: any Store
    let world: World
    let faults: FaultPlan?

    /// - Parameter faults: what goes wrong, for trying what the shop does then; nothing does when there is no plan.
    package init(store: any Store, world: World, faults: FaultPlan? = nil) {
        self.store = store
        self.world = world
        self.faults = faults
    }

    package func canProvide(_ item: CatalogItem) async -> Bool { Offer(item) != nil }

    package func requirements(of item: CatalogItem) -> ItemRequirements {
        Offer(item)?.requirements ?? ItemRequirements(fields: [], example: [:])
    }

    package func check(_ item: CatalogItem, _ configuration: JSONValue) async throws {
        let offer = try Self.offer(item)
        try offer.requirements.validate(configuration)
        try await store.read { [world] rows in try offer.check(configuration, in: Simulation(rows, world)) }
    }

    package func price(
        _ item: CatalogItem, _ configuration: JSONValue, quantity: Int
    ) throws(Refusal) -> PriceBreakdown {
        try Self.offer(item).price(configuration, quantity: quantity)
    }

    package func price(
        of action: ManagementAction, on item: CatalogItem, _ configuration: JSONValue, quantity: Int,
        target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown {
        try Self.offer(item).price(of: action, configuration, target: target)
    }

    package func cost(of action: ManagementAction, on item: CatalogItem) throws(Refusal) -> Money? {
        guard action.name == "phone_message_send" else { return nil }
        guard item.serviceType == "phone_number" else { throw .unsupported(action, by: item.name) }
        let body = try SimulatedPhone.body(ActionInput(action))
        return PhoneMessage.price.times(Int64(PhoneMessage.segments(of: body)))
    }

    static func offer(_ item: CatalogItem) throws(Refusal) -> Offer {
        guard let offer = Offer(item) else {
            throw Refusal(.conflict, "The simulation has no \(item.name).", code: "item_unavailable")
        }
        return offer
    }
}
