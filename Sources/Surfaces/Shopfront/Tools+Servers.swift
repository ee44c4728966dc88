import Wire

/// Servers.
extension Tool {
    static let servers =
        [
            look("server_get", in: .servers, at: "server", "Shows a server: state, addresses, image, size."),
            change("server_start", in: .servers, capability: "server:start", "Starts a server."),
            change(
                "server_stop", in: .servers, capability: "server:stop", "Stops a server.",
                [.optional("force", .flag, "Does not wait for its programs to end.")]),
            change("server_restart", in: .servers, capability: "server:restart", "Restarts a server."),
            change(
                "server_reinstall", in: .servers, .destructive, capability: "server:reinstall",
                "Installs an image anew. Everything on the server's disk is lost.",
                [.required("image", .text(longest: 100), "One of the item's supportedImages.", example: "debian-12")]),
            extend(
                "server_resize", in: .servers, capability: "server:resize",
                "Makes a server one of another item of the catalog. It is a purchase.", [.itemID]),
            change(
                "server_rename", in: .servers, capability: "server:rename", "Gives a server another host name.",
                [.required("hostname", .text(longest: 253), "The name.", example: "web-1")]),
            change(
                "server_ssh_keys_set", in: .servers, capability: "server:ssh-keys:set",
                "Says which SSH keys may log in; all others may not any more.",
                [
                    .required(
                        "publicKeys", .list(.text(longest: 4096), most: 50), "Public keys, as ssh-keygen writes them.",
                        example: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ana"])
                ]),
            change(
                "server_exec", in: .servers, capability: "server:exec",
                "Runs a command on the server and answers what it said and its exit code.",
                [
                    .required(
                        "command", .list(.text(longest: 65_536), most: 256), "The program and its arguments.",
                        example: ["uname", "-a"]),
                    .optional("stdin", .text(longest: 1_000_000), "What it reads."),
                    .required("timeoutSeconds", .integer(1...300), "How long it may take.", example: 30),
                ]),
        ] + serverContents + serverDoors + serverSnapshots

    private static let serverContents = [
        look(
            "server_file_read", in: .servers, at: "server", capability: "server:files:read", "Reads a file.",
            [.filePath]),
        change(
            "server_file_write", in: .servers, capability: "server:files:write", "Writes a file, or writes it over.",
            [
                .filePath,
                .required("content", .text(longest: 5_000_000), "What it will hold.", example: "hello\n"),
                .optional(
                    "encoding", .word(["utf-8", "base64"]), "How content is written; utf-8 if nothing is said."),
                .optional("mode", .matching("0?[0-7]{3}"), "Its permissions, such as 0644.", example: "0644"),
            ]),
        look(
            "server_log_get", in: .servers, at: "server", capability: "server:logs:read",
            "Shows what the server's log says.",
            [.optional("since", .moment, "Only lines from then on."), .lineLimit]),
        look(
            "server_metrics_get", in: .servers, at: "server", capability: "server:metrics:get",
            "Shows how much of its processor, memory and disk a server uses."),
    ]

    private static let serverDoors = [
        change(
            "server_firewall_set", in: .servers, capability: "server:firewall:set",
            "Says which connections are let in; these rules take the place of all others.",
            [
                .required(
                    "rules", .list(.object(firewallRule), most: 100), "The rules.",
                    example: [["protocol": "tcp", "port": 443, "source": "0.0.0.0/0"]])
            ]),
        change(
            "server_port_publish", in: .servers, capability: "server:ports:publish",
            "Opens a port of the server to the outside, and answers where.",
            [
                .required("containerPort", .integer(1...65_535), "The port on the server.", example: 80),
                .required("protocol", .word(["tcp", "udp"]), "What it speaks."),
            ]),
    ]

    private static let serverSnapshots = [
        change(
            "server_snapshot_create", in: .servers, capability: "server:snapshot:create",
            "Keeps the server's disk as it is now.", [.label]),
        look(
            "server_snapshot_list", in: .servers, at: "server", capability: "server:snapshot:list",
            "Lists the snapshots of a server."),
        change(
            "server_snapshot_restore", in: .servers, .destructive, capability: "server:snapshot:restore",
            "Puts the server's disk back to a snapshot. What was written since is lost.", [.snapshotID]),
        change(
            "server_snapshot_delete", in: .servers, .destructive, capability: "server:snapshot:delete",
            "Removes a snapshot for good.", [.snapshotID]),
    ]

    private static let firewallRule: [InputField] = [
        .required("protocol", .word(["tcp", "udp", "icmp"]), "What it speaks."),
        .optional("port", .integer(1...65_535), "The port; every port if nothing is said."),
        .optional(
            "ports", .matching("[0-9]{1,5}(-[0-9]{1,5})?"), "A range of them, such as 8000-8099.", example: "22"),
        .optional("direction", .word(["in", "out"]), "Which way; in if nothing is said."),
        .optional("action", .word(["allow", "deny"]), "What becomes of it; allow if nothing is said."),
        .optional("source", .text(longest: 50), "From which addresses (CIDR); all if nothing is said."),
    ]
}

extension InputField {
    fileprivate static let filePath = required(
        "path", .text(longest: 4096), "The file's path on the server.", example: "/etc/motd")
    fileprivate static let lineLimit = optional("limit", .integer(1...1000), "How many lines at most.", example: 100)
}
