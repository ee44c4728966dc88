import Domain

/// A disk that is attached to one server at a time.
struct SimulatedVolume: Codable, Equatable, Sendable {
    let name: String
    let region: String
    var capacityGigabytes: Int64
    /// The server's service.
    var server: String?
    var snapshots: [Snapshot] = []
    var restored: String?

    init(_ configuration: JSONValue, service: String) {
        name = "vol-\(String(Chance.number(of: service), radix: 36))"
        region = configuration["region"]?.string ?? ""
        capacityGigabytes = configuration["capacityGb"]?.integer ?? 0
    }

    var outputs: JSONValue {
        [
            "volumeId": .string(name), "endpoint": .string("/dev/disk/by-id/\(name)"), "region": .string(region),
            "storageClass": "block", "capacityGb": .integer(capacityGigabytes), "attachedTo": JSONValue(server),
        ]
    }

    mutating func perform(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect? {
        switch input.action.name {
        case "storage_volume_attach": try attach(input, of: resource, in: simulation)
        case "storage_volume_detach": server = nil
        case ServiceAction.expand: capacityGigabytes = try input.growth(from: capacityGigabytes)
        case let name where name.hasPrefix("storage_snapshot_"):
            return try performOfSnapshots(
                name.dropFirst("storage_snapshot_".count), input, of: resource.id, in: simulation)
        default: return nil
        }
        return Effect(outputs: outputs)
    }

    func inspect(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> JSONValue? {
        switch input.action.name {
        case "storage_usage_get":
            resource.outputs.with([
                "usedBytes": 0, "attachedTo": JSONValue(try liveServer(in: simulation)),
                "snapshotCount": .integer(Int64(snapshots.count)), "restoredFrom": JSONValue(restored),
            ])
        case "storage_snapshot_list": snapshotsJSON
        default: nil
        }
    }

    private mutating func attach(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws {
        let id = try input.text("serverServiceId", most: 64).lowercased()
        guard let other = try simulation.resource(id), other.account == resource.account,
            other.isTest == resource.isTest, case .server = other.state
        else {
            throw Refusal.missing("serverServiceId", "serverServiceId: there is no server \(id).")
        }
        if let holder = try liveServer(in: simulation), holder != id {
            throw Refusal.conflict("already_attached", "The volume is attached to \(holder): detach it first.")
        }
        server = id
    }

    /// A server that is gone holds nothing.
    private func liveServer(in simulation: Simulation) throws -> String? {
        try server.flatMap { try simulation.resource($0)?.id }
    }
}

extension SimulatedVolume: Snapshotted {
    var content: SimulatedBucket.Content { .init(capacityGigabytes: capacityGigabytes) }
    var sizeBytes: Int64 { 0 }

    mutating func restore(_ content: SimulatedBucket.Content, from snapshot: Snapshot, at now: Timestamp) {
        restored = snapshot.id
    }
}
