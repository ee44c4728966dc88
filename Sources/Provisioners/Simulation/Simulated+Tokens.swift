package import Domain

/// Each token stands for one effect, whose outcome is recorded with it.
extension Simulated {
    private static let silence = ProvisionOutcome.unknown("The store of the simulation did not answer.")

    /// What came of a token before, or what comes of it now.
    /// - Parameter names: what nobody else may work under meanwhile.
    func settle(
        _ token: OperationToken, on resource: ResourceRef,
        names: @escaping @Sendable (Simulation) throws -> [String],
        effect: @escaping @Sendable (Simulation) throws -> Effect
    ) async -> ProvisionOutcome {
        let fault = faults?.fault(of: token)
        let first = await once(token, on: resource, fault, names, effect)
        if fault == .askedTwice { _ = await once(token, on: resource, fault, names, effect) }
        return first
    }

    private func once(
        _ token: OperationToken, on resource: ResourceRef, _ fault: Fault?,
        _ names: @escaping @Sendable (Simulation) throws -> [String],
        _ effect: @escaping @Sendable (Simulation) throws -> Effect
    ) async -> ProvisionOutcome {
        do {
            return try await store.write { [world] rows in
                let simulation = Simulation(rows, world)
                try simulation.lock([TokenRecord.row(token)] + names(simulation))
                var record = try simulation.read(TokenRecord.self, TokenRecord.row(token)) ?? TokenRecord()
                if let known = record.answer { return known }
                record.attempts += 1
                let answer = try record.settle(on: resource, fault, in: simulation, effect)
                try rows.put(SimulatedRow(name: TokenRecord.row(token), record))
                return answer
            }
        } catch {
            return Self.silence
        }
    }

    package func lookup(_ token: OperationToken) async -> ProvisionLookup {
        let name = TokenRecord.row(token)
        do {
            let record = try await store.read { [world] rows in
                try Simulation(rows, world).read(TokenRecord.self, name)
            }
            guard let record, record.veil != nil else { return record?.lookup ?? .absent }
            return try await store.write { [world] rows in
                let simulation = Simulation(rows, world)
                try simulation.lock([name])
                guard var record = try simulation.read(TokenRecord.self, name) else { return .absent }
                let answer = record.lookup
                record.veil = record.veil?.lifted
                try rows.put(SimulatedRow(name: name, record))
                return answer
            }
        } catch {
            return .unknown
        }
    }
}
