import Domain
import Provisioners
import TestKit
import Testing

@Suite("Simulated storage")
struct StorageTests {
    @Test("A bucket has an address and a size, and only grows")
    func bucket() async throws {
        let workshop = try Workshop()
        let bucket = try await workshop.bring("cat_storage_object_001")
        #expect(bucket.outputs["capacityGb"] == 250 && bucket.outputs["storageClass"] == "object")
        #expect(bucket.outputs["endpoint"]?.string?.hasPrefix("https://") == true)
        let grown = try await workshop.perform("storage_volume_expand", ["capacityGb": 300], on: bucket.resource)
        #expect(grown["capacityGb"] == 300)
        #expect(
            await workshop.code(of: "storage_volume_expand", ["capacityGb": 300], on: bucket.resource)
                == "invalid_input")
        let usage = try await workshop.inspect("storage_usage_get", on: bucket.resource)
        #expect(usage["capacityGb"] == 300 && usage["usedBytes"] == 0)
    }

    @Test("The secret of a credential is told once, and stands nowhere else")
    func secrets() async throws {
        let workshop = try Workshop()
        let bucket = try await workshop.bring("cat_storage_object_001")
        let action = ManagementAction("storage_bucket_credentials_create", ["label": "backup", "permission": "read"])
        let token = OperationToken(workshop.ana, "credentials")
        guard
            case .succeeded(_, let outputs, let told) = await workshop.simulated.perform(
                action, on: bucket.resource, token: token),
            let secret = told["secretAccessKey"]?.string,
            case .succeeded(_, let again, .null) = await workshop.simulated.perform(
                action, on: bucket.resource, token: token),
            case .found(.succeeded(_, let found, .null)) = await workshop.simulated.lookup(token)
        else {
            Issue.record("There is no secret, or it was told twice.")
            return
        }
        #expect(again == outputs && found == outputs)
        #expect(outputs["permission"] == "read" && outputs["accessKeyId"]?.string?.count == 20)
        let listed = try await workshop.inspect("storage_bucket_credentials_list", on: bucket.resource)
        #expect(listed["credentials"]?.array?.count == 1)
        let rows = try await workshop.store.read { try $0.simulated(beginning: "", after: "", limit: 100) }
        #expect(!rows.contains { $0.body.contains(secret) })
        #expect(!(outputs.texts + listed.texts).contains { $0.contains(secret) })
    }

    @Test("Credentials end when they are revoked or their time is over")
    func credentials() async throws {
        let workshop = try Workshop()
        let bucket = try await workshop.bring("cat_storage_object_001")
        let (create, list) = ("storage_bucket_credentials_create", "storage_bucket_credentials_list")
        let short = try await workshop.perform(create, ["expiresAt": "2026-03-14T11:00:00Z"], on: bucket.resource)
        let long = try await workshop.perform(create, [:], on: bucket.resource)
        #expect(short["status"] == "active" && long["permission"] == "readwrite")
        let revoke = "storage_bucket_credentials_revoke"
        let id: JSONValue = ["credentialId": long["credentialId"] ?? .null]
        let revoked = try await workshop.perform(revoke, id, on: bucket.resource)
        #expect(try await workshop.perform(revoke, id, on: bucket.resource) == revoked)
        workshop.clock.advance(by: .seconds(3600))
        let listed = try await workshop.inspect(list, on: bucket.resource)
        #expect(listed["credentials"]?.array?.map { $0["status"] } == ["expired", "revoked"])
        #expect(await workshop.code(of: revoke, ["credentialId": "x"], on: bucket.resource) == "not_found")
        for wrong in [["permission": "admin"], ["expiresAt": "2020-01-01T00:00:00Z"]] as [JSONValue] {
            #expect(await workshop.code(of: create, wrong, on: bucket.resource) == "invalid_input")
        }
    }

    @Test("An address for one object is made for a while")
    func presign() async throws {
        let workshop = try Workshop()
        let bucket = try await workshop.bring("cat_storage_object_001")
        let signed = try await workshop.inspect(
            "storage_object_presign", ["key": "a b/ü.txt", "method": "PUT", "expiresSeconds": 60], on: bucket.resource)
        #expect(signed["url"]?.string?.contains("/a%20b/%C3%BC.txt?") == true)
        #expect(signed["expiresAt"] == "2026-03-14T10:31:00.000Z" && signed["simulated"] == true)
        let wrong: JSONValue = ["key": "a", "method": "PATCH", "expiresSeconds": 60]
        #expect(await workshop.field(of: "storage_object_presign", wrong, on: bucket.resource) == "method")
    }

    @Test("A volume is attached to one server of its owner, until it is detached or the server is gone")
    func volumes() async throws {
        let workshop = try Workshop()
        let volume = try await workshop.bring("cat_storage_block_001")
        let (first, second) = (
            try await workshop.bring("cat_vps_micro"), try await workshop.bring("cat_vps_micro", ["hostname": "web-2"])
        )
        let foreign = try await workshop.bring("cat_vps_micro", ["hostname": "web-3"], by: workshop.boris)
        func attach(_ server: ResourceRef) async -> String? {
            await workshop.code(
                of: "storage_volume_attach", ["serverServiceId": .string(server.id)], on: volume.resource)
        }
        #expect(await attach(foreign.resource) == "not_found")
        #expect(await attach(volume.resource) == "not_found")
        #expect(await attach(first.resource) == nil)
        #expect(await attach(first.resource) == nil)
        #expect(await attach(second.resource) == "already_attached")
        let seen = try await workshop.inspect("storage_usage_get", on: volume.resource)
        #expect(seen["attachedTo"] == .string(first.resource.id))
        _ = await workshop.simulated.deprovision(first.resource, token: OperationToken(workshop.ana, "deprovision"))
        #expect(try await workshop.inspect("storage_usage_get", on: volume.resource)["attachedTo"] == nil)
        #expect(await attach(second.resource) == nil)
        let detached = try await workshop.perform("storage_volume_detach", [:], on: volume.resource)
        #expect(detached["service"] == ["attachedTo": nil])
    }

    @Test(
        "Snapshots of storage are made, restored and removed",
        arguments: [
            "cat_storage_object_001", "cat_storage_block_001",
        ])
    func snapshots(_ item: String) async throws {
        let workshop = try Workshop()
        let storage = try await workshop.bring(item)
        let made = try await workshop.perform("storage_snapshot_create", ["label": "monday"], on: storage.resource)
        let id: JSONValue = ["snapshotId": made["snapshotId"] ?? .null]
        try await workshop.perform("storage_snapshot_restore", id, on: storage.resource)
        let usage = try await workshop.inspect("storage_usage_get", on: storage.resource)
        #expect(usage["restoredFrom"] == made["snapshotId"])
        let listed = try await workshop.inspect("storage_snapshot_list", on: storage.resource)
        #expect(listed["snapshots"]?.array?.map { $0["label"] } == ["monday"])
        try await workshop.perform("storage_snapshot_delete", id, on: storage.resource)
        #expect(await workshop.code(of: "storage_snapshot_restore", id, on: storage.resource) == "not_found")
    }

    @Test("A bucket is attached to nothing, and a volume has no keys")
    func kinds() async throws {
        let workshop = try Workshop()
        let (bucket, volume) = (
            try await workshop.bring("cat_storage_object_001"), try await workshop.bring("cat_storage_block_001")
        )
        let attach = await workshop.code(of: "storage_volume_attach", ["serverServiceId": "x"], on: bucket.resource)
        #expect(attach == "capability_unsupported")
        let create = await workshop.code(of: "storage_bucket_credentials_create", [:], on: volume.resource)
        #expect(create == "capability_unsupported")
    }
}
