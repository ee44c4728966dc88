import Domain

/// One thing that the simulation pretends to have.
struct SimulatedResource: Codable, Equatable, Sendable {
    enum State: Codable, Equatable, Sendable {
        case domain(SimulatedDomain)
        case server(SimulatedServer)
        case phone(SimulatedPhone)
        case bucket(SimulatedBucket)
        case volume(SimulatedVolume)
    }

    /// The service's id.
    var id: String
    var account: ID
    var item: CatalogItem
    var isTest: Bool
    var createdAt: Timestamp
    var expiresAt: Timestamp
    var state: State

    static func row(_ id: String) -> String { "resource/\(id)" }

    func stored() throws -> SimulatedRow { try SimulatedRow(name: Self.row(id), self) }

    /// The names that nobody else has while it is there.
    var claims: [String] {
        switch state {
        case .domain(let domain): ["domain/\(domain.zone.domain)"]
        case .server(let server): ["address/\(server.ipv4)"]
        case .phone(let phone): ["number/\(phone.number)"]
        case .bucket, .volume: []
        }
    }

    /// What the rows begin with that go when it goes.
    var belongings: [String] {
        switch state {
        case .domain: []
        case .server, .bucket, .volume: ["snapshot/\(id)/"]
        case .phone: ["message/\(id)/", "call/\(id)/"]
        }
    }

    /// What its buyer is told of it.
    var outputs: JSONValue {
        let own: JSONValue =
            switch state {
            case .domain(let domain): domain.outputs
            case .server(let server): server.outputs
            case .phone(let phone): phone.outputs
            case .bucket(let bucket): bucket.outputs
            case .volume(let volume): volume.outputs
            }
        return own.with(["expiresAt": .string(expiresAt.iso8601)])
    }
}

extension SimulatedResource {
    /// What changes with an action, or a refusal that names the input at fault. What was not paid for and changes the
    /// service's own outputs has them as `service`.
    mutating func perform(_ input: ActionInput, in simulation: Simulation) throws -> Effect {
        switch (input.action.name, state) {
        case (ServiceAction.renew, _): return try renew(input, in: simulation)
        case (ServiceAction.resize, .server(let server)): return try resize(server, input, in: simulation)
        case (ServiceAction.topUpPhone, .phone): return Effect()
        case (ServiceAction.expand, _): return try performOfState(input, in: simulation)
        default:
            let before = outputs.object ?? [:]
            var effect = try performOfState(input, in: simulation)
            let changed = (outputs.object ?? [:]).filter { before[$0.key] != $0.value }
            if !changed.isEmpty { effect.outputs = effect.outputs.with(["service": .object(changed)]) }
            return effect
        }
    }

    private mutating func performOfState(_ input: ActionInput, in simulation: Simulation) throws -> Effect {
        let effect: Effect?
        switch state {
        case .domain(var domain):
            effect = try domain.perform(input, in: simulation)
            state = .domain(domain)
        case .server(var server):
            effect = try server.perform(input, of: self, in: simulation)
            state = .server(server)
        case .phone(var phone):
            effect = try phone.perform(input, of: self, in: simulation)
            state = .phone(phone)
        case .bucket(var bucket):
            effect = try bucket.perform(input, of: self, in: simulation)
            state = .bucket(bucket)
        case .volume(var volume):
            effect = try volume.perform(input, of: self, in: simulation)
            state = .volume(volume)
        }
        guard let effect else { throw Refusal.unsupported(input.action, by: item.name) }
        return effect
    }

    /// What it is like, as an action asks.
    func inspect(_ input: ActionInput, in simulation: Simulation) throws -> JSONValue {
        let answer: JSONValue? =
            switch state {
            case .domain(let domain): try domain.inspect(input, of: self)
            case .server(let server): try server.inspect(input, of: self, in: simulation)
            case .phone(let phone): try phone.inspect(input, of: self, in: simulation)
            case .bucket(let bucket): try bucket.inspect(input, of: self, in: simulation)
            case .volume(let volume): try volume.inspect(input, of: self, in: simulation)
            }
        guard let answer else { throw Refusal.unsupported(input.action, by: item.name) }
        return answer
    }

    private mutating func renew(_ input: ActionInput, in simulation: Simulation) throws -> Effect {
        let periods = try input.integer("periods", 1...120, usually: 1)
        let later = max(expiresAt, simulation.now).adding(months: Int(periods) * (item.price.periodMonths ?? 1))
        if case .domain = state, later > simulation.now.adding(months: 12 * Int(Offer.mostYears)) {
            throw Refusal.input("periods", "periods: a domain is registered for \(Offer.mostYears) years at most.")
        }
        expiresAt = later
        return Effect(outputs: ["expiresAt": .string(expiresAt.iso8601)])
    }

    /// The new size is an item of the store, or one that every server sells.
    private mutating func resize(
        _ server: SimulatedServer, _ input: ActionInput, in simulation: Simulation
    ) throws -> Effect {
        let id = try input.text("catalogItemId", most: 128)
        let found = try simulation.rows.catalogItems().last { $0.id == id } ?? DefaultCatalog.item(id)
        guard let found, let offer = Offer(found), case .server(let images) = offer.kind, !found.isDisabled else {
            throw Refusal.missing("catalogItemId", "catalogItemId: there is no server \(id) in the catalog.")
        }
        guard images.contains(server.image) else {
            throw Refusal.conflict(
                "image_unsupported", "\(found.name) does not run \(server.image): reinstall it first.")
        }
        item = found
        var server = server
        server.boot(at: simulation.now, "resized to \(found.name)")
        state = .server(server)
        return Effect(outputs: server.outputs.with(["catalogItemId": .string(id), "size": found.traits]))
    }
}
