import Domain
import Foundation

/// A pair of keys for a bucket.
struct BucketCredential: Codable, Equatable, Sendable {
    static let most = 50
    static let permissions = ["read", "readwrite", "fullaccess"]

    var id: String
    var label: String
    var permission: String
    var accessKey: String
    /// SHA-256 of the secret key, in base64; the key itself is told once.
    var secretHash: Data
    var createdAt: Timestamp
    var expiresAt: Timestamp?
    var revokedAt: Timestamp?

    func json(at now: Timestamp) -> JSONValue {
        let isPast = expiresAt.map { $0 <= now } ?? false
        return [
            "credentialId": .string(id), "label": .string(label), "permission": .string(permission),
            "accessKeyId": .string(accessKey), "createdAt": .string(createdAt.iso8601),
            "expiresAt": JSONValue(expiresAt?.iso8601), "revokedAt": JSONValue(revokedAt?.iso8601),
            "status": .string(revokedAt != nil ? "revoked" : isPast ? "expired" : "active"),
        ]
    }
}

extension SimulatedBucket {
    mutating func create(_ input: ActionInput, in simulation: Simulation) throws(Refusal) -> Effect {
        guard credentials.count(where: { $0.revokedAt == nil }) < BucketCredential.most else {
            throw .conflict("too_many_credentials", "A bucket has \(BucketCredential.most) credentials at most.")
        }
        let expiresAt = try input.moment("expiresAt")
        if let expiresAt, expiresAt <= simulation.now { throw input.refusal("expiresAt", "must be in the future.") }
        let secret = Secret.mint(simulation.world)
        let new = BucketCredential(
            id: simulation.newID(), label: try input.text("label", most: 100, usually: ""),
            permission: try input.text("permission", from: BucketCredential.permissions, usually: "readwrite"),
            accessKey: Self.accessKey(simulation.world), secretHash: Data(Secret.hash(secret)),
            createdAt: simulation.now, expiresAt: expiresAt)
        // The newest of those that were revoked are kept, to be looked up.
        credentials =
            credentials.filter { $0.revokedAt == nil }
            + credentials.filter { $0.revokedAt != nil }.suffix(BucketCredential.most)
        credentials.append(new)
        return Effect(
            outputs: new.json(at: simulation.now).with(["bucket": .string(name), "endpoint": .string(endpoint)]),
            secrets: ["secretAccessKey": .string(secret)])
    }

    mutating func revoke(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        let id = try input.text("credentialId", most: 64)
        guard let place = credentials.firstIndex(where: { $0.id == id }) else {
            throw .missing("credentialId", "credentialId: there is no credential \(id).")
        }
        credentials[place].revokedAt = credentials[place].revokedAt ?? now
        return credentials[place].json(at: now)
    }

    /// Twenty large letters and digits.
    private static func accessKey(_ world: World) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return "SIM" + String(world.random(17).map { letters[Int($0 % 32)] })
    }
}
