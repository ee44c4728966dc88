package import Domain

/// What is brought, changed and taken away: each once for its token.
extension Simulated {
    package func provision(_ request: ProvisionRequest) async -> ProvisionOutcome {
        let resource = ResourceRef(provisioner: kind, id: request.service.uuid)
        return await settle(request.token, on: resource) { _ in
            Offer(request.item)?.names(request.configuration) ?? []
        } effect: { simulation in
            let offer = try Self.offer(request.item)
            try offer.requirements.validate(request.configuration)
            guard try simulation.resource(resource.id) == nil else {
                throw Refusal.conflict("already_provisioned", "The service has what it was to have.")
            }
            let new = try offer.make(request, in: simulation)
            var effect = Effect(outputs: new.outputs, puts: [try new.stored()])
            effect.puts += new.claims.map { SimulatedRow(name: $0, body: new.id) }
            return effect
        }
    }

    package func perform(
        _ action: ManagementAction, on resource: ResourceRef, token: OperationToken
    ) async -> ProvisionOutcome {
        await settle(token, on: resource) { _ in
            action.input["to"]?.string.map { ["number/\($0)"] } ?? []
        } effect: { simulation in
            guard var thing = try simulation.resource(resource.id, lockingIt: true) else {
                throw Refusal.missing("serviceId", "The simulation does not have this service, or has it no more.")
            }
            var effect = try thing.perform(ActionInput(action), in: simulation)
            effect.puts.append(try thing.stored())
            return effect
        }
    }

    package func deprovision(_ resource: ResourceRef, token: OperationToken) async -> ProvisionOutcome {
        await settle(token, on: resource) { simulation in
            try simulation.resource(resource.id)?.claims ?? []
        } effect: { simulation in
            guard let thing = try simulation.resource(resource.id, lockingIt: true) else { return Effect() }
            var effect = Effect(removals: [SimulatedResource.row(thing.id)])
            effect.removals += try thing.claims.filter { try simulation.holder(of: $0) == thing.id }
            for prefix in thing.belongings {
                try simulation.each(beginning: prefix) { row in
                    effect.removals.append(row.name)
                    return true
                }
            }
            return effect
        }
    }

    package func inspect(_ action: ManagementAction, on resource: ResourceRef?) async throws -> JSONValue {
        try await store.read { [world] rows in
            let simulation = Simulation(rows, world)
            let input = ActionInput(action)
            guard let resource else { return try simulation.inspect(input) }
            guard let thing = try simulation.resource(resource.id) else {
                throw Refusal.missing("serviceId", "The simulation does not have this service, or has it no more.")
            }
            return try thing.inspect(input, in: simulation)
        }
    }

    package func inventory() async throws -> [ResourceRef] {
        try await store.read { [world, kind] rows in
            var found: [ResourceRef] = []
            let prefix = SimulatedResource.row("")
            try Simulation(rows, world).each(beginning: prefix) { row in
                found.append(ResourceRef(provisioner: kind, id: String(row.name.dropFirst(prefix.count))))
                return true
            }
            return found
        }
    }
}
