import Domain

/// What can be done with a server.
extension SimulatedServer {
    private static let snapshotPrefix = "server_snapshot_"
    private static let keyPattern =
        "(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]{20,}={0,3}( .*)?"

    /// - Returns: nil for what cannot be.
    mutating func perform(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect? {
        let name = input.action.name
        if name.hasPrefix(Self.snapshotPrefix) {
            let verb = name.dropFirst(Self.snapshotPrefix.count)
            return try performOfSnapshots(verb, input, of: resource.id, in: simulation)
        }
        switch name {
        case "server_reinstall": return try reinstall(input, of: resource, in: simulation)
        case "server_exec", "server_file_write": return try performInside(input, at: simulation.now)
        default: return try performOutside(input, at: simulation.now).map { Effect(outputs: $0) }
        }
    }

    private mutating func performOutside(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue? {
        switch input.action.name {
        case "server_start":
            if !isRunning { boot(at: now, "booted") }
        case "server_restart": boot(at: now, "restarted")
        case "server_stop":
            let isForced = try input.flag("force", usually: false)
            if isRunning { note(isForced ? "switched off" : "shut down", at: now) }
            isRunning = false
        case "server_rename":
            hostname = try input.text("hostname", most: 253, pattern: Offer.hostnamePattern)
            disk.nameHost(hostname, at: now)
            note("named \(hostname)", at: now)
        case "server_ssh_keys_set":
            keys = try input.texts("publicKeys", 0...32, most: 4096, pattern: Self.keyPattern)
            note("\(keys.count) keys may log in", at: now)
            return ["publicKeys": JSONValue(keys)]
        case "server_firewall_set":
            firewall = try input.objects("rules", most: 100).map { input throws(Refusal) in try FirewallRule(input) }
            return ["rules": .array(firewall.map(\.json))]
        case "server_port_publish": return try publish(input)
        default: return nil
        }
        return outputs
    }

    /// Everything on the disk goes; name, addresses, keys and snapshots stay.
    private mutating func reinstall(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect {
        let images = Offer(resource.item)?.requirements.supportedImages ?? []
        let wanted = try input.text("image", from: images)
        var effect = Effect()
        if hasBackups, snapshots.count < Snapshot.most {
            effect = try keep("before reinstallation", of: resource.id, in: simulation)
        }
        image = wanted
        disk = ServerDisk(image: image, hostname: hostname, at: simulation.now)
        log = []
        note("installed \(image)", at: simulation.now)
        boot(at: simulation.now, "booted")
        effect.outputs = outputs
        return effect
    }

    /// One port outside for each inside; asked for again, the same one.
    private mutating func publish(_ input: ActionInput) throws(Refusal) -> JSONValue {
        let port = try input.integer("containerPort", 1...65_535)
        let transport = try input.text("protocol", from: ["tcp", "udp"], usually: "tcp")
        if let known = ports.first(where: { $0.inside == port && $0.transport == transport }) {
            return known.json(at: ipv4)
        }
        guard ports.count < PublishedPort.most else {
            throw .conflict("too_many_ports", "A server publishes \(PublishedPort.most) ports at most.")
        }
        let taken = Set(ports.map(\.outside))
        let outside = (PublishedPort.first...65_535).first { !taken.contains($0) } ?? PublishedPort.first
        let new = PublishedPort(inside: port, outside: outside, transport: transport)
        ports.append(new)
        return new.json(at: ipv4)
    }
}
