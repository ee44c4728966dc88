/// What can be done with services, by their type.
extension Capability {
    static let ofRouter = [
        "router:api-key:create", "router:api-key:list", "router:api-key:update", "router:api-key:rotate",
        "router:api-key:revoke", "router:usage:get", "router:generation:get", "router:credit:topup",
    ]

    static let ofDomains = [
        "domain:nameservers:set", "domain:dns-records:write", "domain:dns-records:read", "domain:dns-zone:export",
        "domain:dns-zone:import", "domain:contact:set", "domain:privacy:set", "domain:lock:set",
    ]

    static let ofServers = [
        "server:start", "server:stop", "server:restart", "server:reinstall", "server:resize", "server:rename",
        "server:ssh-keys:set", "server:exec", "server:files:read", "server:files:write", "server:logs:read",
        "server:metrics:get", "server:firewall:set", "server:ports:publish", "server:snapshot:create",
        "server:snapshot:list", "server:snapshot:restore", "server:snapshot:delete",
    ]

    static let ofPhones = [
        "phone:balance:topup", "phone:messages:read", "phone:messages:send", "phone:missed-calls:read",
        "phone:call-log:read", "phone:webhook:set",
    ]

    static let ofBuckets =
        [
            "storage:bucket-credentials:create", "storage:bucket-credentials:list",
            "storage:bucket-credentials:revoke",
            "storage:object:presign", "storage:volume:expand", "storage:usage:get",
        ] + ofStorageSnapshots

    static let ofVolumes =
        [
            "storage:volume:attach", "storage:volume:detach", "storage:volume:expand", "storage:usage:get",
        ] + ofStorageSnapshots

    private static let ofStorageSnapshots = [
        "storage:snapshot:create", "storage:snapshot:list", "storage:snapshot:restore", "storage:snapshot:delete",
    ]
}
