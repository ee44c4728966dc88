import Domain

/// How what was bought comes about.
extension Offer {
    /// What nobody else may work under while this one comes about.
    func names(_ configuration: JSONValue) -> [String] {
        switch kind {
        case .domain: ["domain/\(Self.domainName(configuration))"]
        case .server: ["addresses"]
        case .phone: ["numbers/\(configuration["countryCode"]?.string ?? "")"]
        case .bucket, .volume: []
        }
    }

    /// Refuses what cannot be had.
    func check(_ configuration: JSONValue, in simulation: Simulation) throws {
        switch kind {
        case .domain:
            let name = Self.domainName(configuration)
            guard try simulation.holder(of: "domain/\(name)") == nil else {
                throw Refusal.unavailable("$.domainName", "\(name) is registered already.")
            }
        case .phone: _ = try NumberShelf(configuration).pick("", in: simulation)
        case .server, .bucket, .volume: break
        }
    }

    func make(_ request: ProvisionRequest, in simulation: Simulation) throws -> SimulatedResource {
        try check(request.configuration, in: simulation)
        return SimulatedResource(
            id: request.service.uuid, account: request.account, item: request.item, isTest: request.isTest,
            createdAt: simulation.now, expiresAt: simulation.now.adding(months: months(request.configuration)),
            state: try state(request, in: simulation))
    }

    private func state(_ request: ProvisionRequest, in simulation: Simulation) throws -> SimulatedResource.State {
        let configuration = request.configuration
        let service = request.service.uuid
        return switch kind {
        case .domain:
            .domain(SimulatedDomain(Self.domainName(configuration), configuration, at: simulation.now))
        case .server: .server(try SimulatedServer(configuration, service: service, in: simulation))
        case .phone:
            .phone(SimulatedPhone(configuration, try NumberShelf(configuration).pick(service, in: simulation)))
        case .bucket: .bucket(SimulatedBucket(configuration, service: service))
        case .volume: .volume(SimulatedVolume(configuration, service: service))
        }
    }

    private func months(_ configuration: JSONValue) -> Int {
        let periods =
            switch kind {
            case .domain: configuration["periodYears"]?.integer ?? 1
            case .server: configuration["billingTermMonths"]?.integer ?? 1
            case .phone, .bucket, .volume: Int64(1)
            }
        return Int(periods) * (item.price.periodMonths ?? 1)
    }

    private static func domainName(_ configuration: JSONValue) -> String {
        (configuration["domainName"]?.string ?? "").lowercased()
    }
}
