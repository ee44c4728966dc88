import Domain

/// A bucket that holds no objects yet, but knows who may.
struct SimulatedBucket: Codable, Equatable, Sendable {
    let name: String
    let region: String
    var capacityGigabytes: Int64
    var credentials: [BucketCredential] = []
    var snapshots: [Snapshot] = []
    var restored: String?

    init(_ configuration: JSONValue, service: String) {
        name = "bucket-\(String(Chance.number(of: service), radix: 36))"
        region = configuration["region"]?.string ?? ""
        capacityGigabytes = configuration["capacityGb"]?.integer ?? 0
    }

    var endpoint: String { "https://s3.\(region).storage.example" }

    var outputs: JSONValue {
        [
            "bucket": .string(name), "endpoint": .string(endpoint), "region": .string(region),
            "storageClass": "object", "capacityGb": .integer(capacityGigabytes),
        ]
    }

    mutating func perform(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> Effect? {
        switch input.action.name {
        case "storage_bucket_credentials_create": return try create(input, in: simulation)
        case "storage_bucket_credentials_revoke": return Effect(outputs: try revoke(input, at: simulation.now))
        case ServiceAction.expand:
            capacityGigabytes = try input.growth(from: capacityGigabytes)
            return Effect(outputs: ["capacityGb": .integer(capacityGigabytes)])
        case let name where name.hasPrefix("storage_snapshot_"):
            return try performOfSnapshots(
                name.dropFirst("storage_snapshot_".count), input, of: resource.id, in: simulation)
        default: return nil
        }
    }

    func inspect(
        _ input: ActionInput, of resource: SimulatedResource, in simulation: Simulation
    ) throws -> JSONValue? {
        switch input.action.name {
        case "storage_usage_get":
            resource.outputs.with([
                "usedBytes": 0, "objectCount": 0, "credentialCount": .integer(Int64(credentials.count)),
                "snapshotCount": .integer(Int64(snapshots.count)), "restoredFrom": JSONValue(restored),
            ])
        case "storage_bucket_credentials_list":
            ["credentials": .array(credentials.map { $0.json(at: simulation.now) })]
        case "storage_object_presign": try presign(input, of: resource, at: simulation.now)
        case "storage_snapshot_list": snapshotsJSON
        default: nil
        }
    }

    /// An address like those that storage signs; nothing answers at it.
    private func presign(
        _ input: ActionInput, of resource: SimulatedResource, at now: Timestamp
    ) throws(Refusal) -> JSONValue {
        let key = try input.text("key", most: 1024)
        let method = try input.text("method", from: ["GET", "HEAD", "PUT", "DELETE"], usually: "GET")
        let seconds = try input.integer("expiresSeconds", 1...604_800, usually: 3600)
        guard !key.utf8.contains(where: { $0 < 32 }) else { throw input.refusal("key", "must be in one line.") }
        let signature = Chance.number(of: "\(resource.id)/\(method)/\(key)/\(now.seconds)")
        let query = "X-Expires=\(seconds)&X-Simulated=\(String(signature, radix: 16))"
        return [
            "url": .string("\(endpoint)/\(name)/\(Self.escaped(key))?\(query)"), "method": .string(method),
            "expiresAt": .string(now.adding(seconds: Int(seconds)).iso8601), "simulated": true,
        ]
    }

    private static func escaped(_ key: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        return key.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

extension SimulatedBucket: Snapshotted {
    /// What a snapshot of storage holds: how large it was.
    struct Content: Codable {
        var capacityGigabytes: Int64
    }

    var content: Content { Content(capacityGigabytes: capacityGigabytes) }
    var sizeBytes: Int64 { 0 }

    mutating func restore(_ content: Content, from snapshot: Snapshot, at now: Timestamp) { restored = snapshot.id }
}

extension ActionInput {
    /// The new size of a storage, which only grows.
    func growth(from now: Int64) throws(Refusal) -> Int64 {
        guard now < Offer.mostGigabytes else { throw refusal("capacityGb", "cannot grow any more.") }
        return try integer("capacityGb", (now + 1)...Offer.mostGigabytes)
    }
}
