import Domain

/// What is seen of a server.
extension SimulatedServer {
    func inspect(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws(Refusal) -> JSONValue? {
        switch input.action.name {
        case "server_get": whole(resource)
        case "server_file_read": try read(input)
        case "server_log_get": try log(input)
        case "server_metrics_get": metrics(resource, at: simulation.now)
        case "server_snapshot_list": snapshotsJSON
        default: nil
        }
    }

    private func whole(_ resource: SimulatedResource) -> JSONValue {
        resource.outputs.with([
            "catalogItemId": .string(resource.item.id), "size": resource.item.traits,
            "createdAt": .string(resource.createdAt.iso8601),
            "bootedAt": isRunning ? .string(bootedAt.iso8601) : .null, "backupsEnabled": .bool(hasBackups),
            "publicKeys": JSONValue(keys), "firewall": .array(firewall.map(\.json)),
            "ports": .array(ports.map { $0.json(at: ipv4) }), "snapshotCount": .integer(Int64(snapshots.count)),
        ])
    }

    /// The newest, oldest first.
    private func log(_ input: ActionInput) throws(Refusal) -> JSONValue {
        let since = try input.moment("since")
        let limit = try Int(input.integer("limit", 1...1000, usually: 100))
        let lines = log.filter { line in since.map { line.at >= $0 } ?? true }.suffix(limit)
        return [
            "entries": .array(lines.map { ["at": .string($0.at.iso8601), "message": .string($0.text)] })
        ]
    }

    /// Made up, but for the time and the disk; the same for everybody within a minute.
    private func metrics(_ resource: SimulatedResource, at now: Timestamp) -> JSONValue {
        let chance = Chance.number(of: "\(resource.id)/\(now.seconds / 60)")
        let memory = resource.item.traits["memoryMb"]?.integer ?? 1024
        return [
            "at": .string(now.iso8601), "state": .string(isRunning ? "running" : "stopped"),
            "cpuPercent": .integer(isRunning ? Int64(chance % 20) + 1 : 0), "memoryMb": .integer(memory),
            "memoryUsedMb": .integer(isRunning ? memory * Int64(chance / 20 % 30 + 20) / 100 : 0),
            "diskGb": resource.item.traits["diskGb"] ?? .null, "diskUsedBytes": .integer(disk.usedBytes),
            "uptimeSeconds": .integer(isRunning ? max(now.seconds - bootedAt.seconds, 0) : 0), "simulated": true,
        ]
    }
}
