import Domain

/// A server or a storage as it was at a moment; what it held is a row of its own.
struct Snapshot: Codable, Equatable, Sendable {
    static let most = 10

    var id: String
    var label: String
    var at: Timestamp
    var sizeBytes: Int64

    var json: JSONValue {
        [
            "snapshotId": .string(id), "label": .string(label), "createdAt": .string(at.iso8601),
            "sizeBytes": .integer(sizeBytes),
        ]
    }

    static func row(_ id: String, of resource: String) -> String { "snapshot/\(resource)/\(id)" }
}

/// What can be put back to how it was.
protocol Snapshotted {
    /// What a snapshot holds.
    associatedtype Content: Codable

    var snapshots: [Snapshot] { get set }
    var content: Content { get }
    var sizeBytes: Int64 { get }
    mutating func restore(_ content: Content, from snapshot: Snapshot, at now: Timestamp)
}

extension Snapshotted {
    /// `server_snapshot_create` and its like, by the word in the place of `create`; nil for what is none of them.
    mutating func performOfSnapshots(
        _ verb: Substring, _ input: ActionInput, of resource: String, in simulation: Simulation
    ) throws -> Effect? {
        switch verb {
        case "create":
            let label = try input.text("label", most: 100, usually: "")
            return try keep(label, of: resource, in: simulation)
        case "restore":
            let snapshot = try snapshot(input)
            let row = Snapshot.row(snapshot.id, of: resource)
            guard let content = try simulation.read(Content.self, row) else { throw Self.missing(snapshot.id) }
            restore(content, from: snapshot, at: simulation.now)
            return Effect(outputs: ["snapshotId": .string(snapshot.id), "restoredAt": .string(simulation.now.iso8601)])
        case "delete":
            let snapshot = try snapshot(input)
            snapshots.removeAll { $0.id == snapshot.id }
            return Effect(
                outputs: ["snapshotId": .string(snapshot.id)], removals: [Snapshot.row(snapshot.id, of: resource)])
        default: return nil
        }
    }

    /// Makes one.
    mutating func keep(_ label: String, of resource: String, in simulation: Simulation) throws -> Effect {
        guard snapshots.count < Snapshot.most else {
            throw Refusal.conflict("too_many_snapshots", "There are \(Snapshot.most) snapshots: delete one first.")
        }
        let snapshot = Snapshot(id: simulation.newID(), label: label, at: simulation.now, sizeBytes: sizeBytes)
        let row = try SimulatedRow(name: Snapshot.row(snapshot.id, of: resource), content)
        snapshots.append(snapshot)
        return Effect(outputs: snapshot.json, puts: [row])
    }

    var snapshotsJSON: JSONValue { ["snapshots": .array(snapshots.map(\.json))] }

    private func snapshot(_ input: ActionInput) throws(Refusal) -> Snapshot {
        let id = try input.text("snapshotId", most: 64)
        guard let snapshot = snapshots.first(where: { $0.id == id }) else { throw Self.missing(id) }
        return snapshot
    }

    private static func missing(_ id: String) -> Refusal {
        .missing("snapshotId", "snapshotId: there is no snapshot \(id).")
    }
}
