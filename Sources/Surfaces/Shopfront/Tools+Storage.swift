import Wire

/// Buckets, volumes and their snapshots.
extension Tool {
    static let storage = [
        look(
            "storage_usage_get", in: .storage, at: "storage_service", capability: "storage:usage:get",
            "Shows a storage service: what it may hold, and what it does."),
        change(
            "storage_bucket_credentials_create", in: .storage, capability: "storage:bucket-credentials:create",
            "Makes keys for a bucket. The secret is told this once.",
            [
                .label,
                .optional(
                    "permission", .word(["read", "readwrite", "fullaccess"]),
                    "What they allow; readwrite if nothing is said."), .expiresAt,
            ]),
        look(
            "storage_bucket_credentials_list", in: .storage, at: "storage_service",
            capability: "storage:bucket-credentials:list", "Lists the keys of a bucket, without their secrets."),
        change(
            "storage_bucket_credentials_revoke", in: .storage, capability: "storage:bucket-credentials:revoke",
            "Ends keys of a bucket for good.",
            [.required("credentialId", .text(longest: 200), "The keys, as their list names them.")]),
        look(
            "storage_object_presign", in: .storage, at: "storage_service", capability: "storage:object:presign",
            "Makes an address at which one object can be read or written for a while, without keys.",
            [
                .required("key", .text(longest: 1024), "The object's name.", example: "backups/monday.tar"),
                .required("method", .word(["GET", "PUT", "HEAD", "DELETE"]), "What may be done there."),
                .required("expiresSeconds", .integer(1...604_800), "For how long.", example: 3600),
            ]),
        change(
            "storage_volume_attach", in: .storage, capability: "storage:volume:attach",
            "Attaches a volume to one of your servers.",
            [.required("serverServiceId", .id, "The server, as service_list names it.")]),
        change(
            "storage_volume_detach", in: .storage, capability: "storage:volume:detach",
            "Takes a volume off its server."),
        extend(
            "storage_volume_expand", in: .storage, capability: "storage:volume:expand",
            "Makes a volume or bucket larger; it never gets smaller. It is a purchase.",
            [.required("capacityGb", .integer(1...65_536), "What it will hold, in gigabytes.", example: 200)]),
        change(
            "storage_snapshot_create", in: .storage, capability: "storage:snapshot:create",
            "Keeps what is stored as it is now.", [.label]),
        look(
            "storage_snapshot_list", in: .storage, at: "storage_service", capability: "storage:snapshot:list",
            "Lists the snapshots of a storage service."),
        change(
            "storage_snapshot_restore", in: .storage, .destructive, capability: "storage:snapshot:restore",
            "Puts what is stored back to a snapshot. What was written since is lost.", [.snapshotID]),
        change(
            "storage_snapshot_delete", in: .storage, .destructive, capability: "storage:snapshot:delete",
            "Removes a snapshot for good.", [.snapshotID]),
    ]
}
