import Domain
import Provisioners
import TestKit
import Testing

/// A provisioner that the contract is tried on, with what it sells.
struct Driver: Sendable, CustomTestStringConvertible {
    let name: String
    let items: [String]
    let make: @Sendable (Workshop) -> any Provisioner

    static let all =
        [
            Driver(name: "router", items: ["cat_router_credit_001"]) { _ in RouterProvisioner() },
            Driver(name: "simulated", items: simulatedItems) { $0.simulated },
        ]
        + (1...6).map { seed in
            Driver(name: "simulated, with faults of seed \(seed)", items: simulatedItems) { workshop in
                Simulated(
                    store: workshop.store, world: workshop.clock.world,
                    faults: FaultPlan(seed: UInt64(seed), percent: 80))
            }
        }

    private static let simulatedItems = DefaultCatalog.items.filter { $0.provisioner == "simulated" }.map(\.id)

    var testDescription: String { name }
}

extension Provisioner {
    /// What the shop does until it knows how something ended: looks it up, and asks again for what is not there.
    func ending(_ token: OperationToken, _ ask: () async -> ProvisionOutcome) async throws -> ProvisionOutcome {
        var outcome = await ask()
        for _ in 0..<20 {
            switch outcome {
            case .succeeded, .failed(_, _, isDefinite: true): return outcome
            case .pending, .actionRequired, .failed, .unknown:
                switch await lookup(token) {
                case .found(let found): outcome = found
                case .absent: outcome = await ask()
                case .unknown: break
                }
            }
        }
        throw Refusal(.unavailable, "It has not ended: \(outcome)")
    }

    func bring(_ request: ProvisionRequest) async throws -> ProvisionOutcome {
        try await ending(request.token) { await provision(request) }
    }

    func takeAway(_ resource: ResourceRef, _ token: OperationToken) async throws -> ProvisionOutcome {
        try await ending(token) { await deprovision(resource, token: token) }
    }
}
