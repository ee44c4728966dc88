import Domain
import Provisioners

/// What the house sells, and with which keys it is bought.
extension House {
    var agentKeys: AgentKeys { AgentKeys(store: store, world: world, directory: directory) }
    var ownerKeys: OwnerKeys { OwnerKeys(store: store, world: world, directory: directory) }

    /// Where bought things come from.
    var provisioners: [any Provisioner] {
        let simulation = settings.simulation
        let faults =
            simulation.faultPercent > 0
            ? FaultPlan(seed: UInt64(simulation.faultSeed), percent: UInt64(simulation.faultPercent)) : nil
        return [RouterProvisioner(), Simulated(store: store, world: world, faults: faults)]
    }

    /// A new one each time: a server keeps the one it made.
    func shop() -> Shop {
        Shop(
            store: store, world: world, directory: directory, provisioners: provisioners, settings: settings.shop,
            logger: logger)
    }

    var routerKeys: RouterKeys { RouterKeys(store: store, world: world, rules: RouterKeys.policyRules) }

    /// A new one each time, too.
    func router(runs: Runs) -> ModelRouter {
        ModelRouter(
            store: store, world: world, runs: runs, rates: rates, models: RouterModels(settings.routerModels),
            logger: logger)
    }
}
