import Domain
import Provisioners
import TestKit
import Testing

@Suite("Simulated servers")
struct ServerTests {
    private func server(_ changes: [String: JSONValue] = [:]) async throws -> (Workshop, ResourceRef, JSONValue) {
        let workshop = try Workshop()
        let brought = try await workshop.bring("cat_vps_micro", changes)
        return (workshop, brought.resource, brought.outputs)
    }

    @Test("A server has its name, image and addresses that lead nowhere")
    func fresh() async throws {
        let (workshop, resource, outputs) = try await server()
        #expect(outputs["hostname"] == "web-1" && outputs["image"] == "ubuntu-24.04" && outputs["state"] == "running")
        let address = try #require(outputs["ipv4"]?.string)
        #expect(["203.0.113.", "198.51.100.", "192.0.2."].contains { address.hasPrefix($0) })
        #expect(outputs["ipv6"]?.string?.hasPrefix("2001:db8::") == true)
        let seen = try await workshop.inspect("server_get", on: resource)
        #expect(seen["size", "memoryMb"] == 1024 && seen["catalogItemId"] == "cat_vps_micro")
    }

    @Test("Addresses are different, and free again when a server is gone")
    func addresses() async throws {
        let workshop = try Workshop()
        var addresses: [JSONValue?] = []
        for number in 0..<40 {
            addresses.append(try await workshop.bring("cat_vps_micro", ["hostname": "web-\(number)"]).outputs["ipv4"])
        }
        #expect(Set(addresses).count == 40)
    }

    @Test("A server is stopped, started and restarted, however often")
    func power() async throws {
        let (workshop, resource, _) = try await server()
        let stopped = try await workshop.perform("server_stop", ["force": true], on: resource)
        #expect(stopped["state"] == "stopped" && stopped["service"] == ["state": "stopped"])
        try await workshop.perform("server_stop", [:], on: resource)
        #expect(try await workshop.inspect("server_metrics_get", on: resource)["cpuPercent"] == 0)
        try await workshop.perform("server_start", [:], on: resource)
        workshop.clock.advance(by: .seconds(90))
        #expect(try await workshop.inspect("server_metrics_get", on: resource)["uptimeSeconds"] == 90)
        try await workshop.perform("server_restart", [:], on: resource)
        let metrics = try await workshop.inspect("server_metrics_get", on: resource)
        #expect(metrics["uptimeSeconds"] == 0 && metrics["simulated"] == true)
    }

    @Test("Files are written and read, and commands see them")
    func files() async throws {
        let (workshop, resource, _) = try await server()
        try await workshop.perform(
            "server_file_write", ["path": "/srv/./app//hello.txt", "content": "Olá", "mode": "600"], on: resource)
        let read = try await workshop.inspect("server_file_read", ["path": "/srv/app/hello.txt"], on: resource)
        #expect(read["content"] == "Olá" && read["encoding"] == "utf8" && read["mode"] == "0600")
        try await workshop.perform(
            "server_file_write", ["path": "/srv/blob", "content": "/wAB", "encoding": "base64"], on: resource)
        let blob = try await workshop.inspect("server_file_read", ["path": "/srv/blob"], on: resource)
        #expect(blob["content"] == "/wAB" && blob["encoding"] == "base64" && blob["sizeBytes"] == 3)
        let shown = try await run(["cat", "/srv/app/hello.txt"], workshop, resource)
        #expect(shown["stdout"] == "Olá" && shown["exitCode"] == 0 && shown["simulated"] == true)
        #expect(try await run(["ls", "/srv"], workshop, resource)["stdout"] == "app\nblob\n")
    }

    @Test(
        "A file that cannot be is refused",
        arguments: [
            ["path": "relative", "content": ""], ["path": "/", "content": ""], ["path": "/a/../b", "content": ""],
            ["path": "/etc", "content": ""], ["path": "/etc/hostname/x", "content": ""], ["path": "/a"],
            ["path": "/a", "content": "***", "encoding": "base64"], ["path": "/a", "content": "", "mode": "9999"],
            ["path": "/a", "content": .string(String(repeating: "a", count: 262_145))],
        ] as [JSONValue])
    func faults(_ input: JSONValue) async throws {
        let (workshop, resource, _) = try await server()
        #expect(await workshop.code(of: "server_file_write", input, on: resource) == "invalid_input")
    }

    @Test("A disk that is full takes no more")
    func full() async throws {
        let (workshop, resource, _) = try await server()
        let content = JSONValue.string(String(repeating: "a", count: 262_144))
        var codes: [String?] = []
        for number in 0..<5 {
            codes.append(
                await workshop.code(
                    of: "server_file_write", ["path": "/srv/\(number)", "content": content], on: resource))
        }
        #expect(codes == [nil, nil, nil, "disk_full", "disk_full"])
    }

    @Test(
        "Commands that are not known say that nothing is run",
        arguments: [
            (["echo", "hello", "world"], "", 0, "hello world\n"), (["cat"], "given", 0, "given"),
            (["hostname"], "", 0, "web-1\n"), (["/bin/uname"], "", 0, "Linux\n"), (["false"], "", 1, ""),
            (["cat", "/nothing"], "", 1, ""), (["rm", "-rf", "/"], "", 127, ""),
        ] as [([String], String, Int64, String)])
    func commands(_ command: [String], _ given: String, _ code: Int64, _ output: String) async throws {
        let (workshop, resource, _) = try await server()
        let answer = try await run(command, workshop, resource, given: given)
        #expect(answer["exitCode"] == .integer(code) && answer["stdout"] == .string(output))
        #expect(answer["stderr"]?.string?.contains("simulated") == (code == 127))
    }

    @Test("A server that is stopped runs nothing")
    func stopped() async throws {
        let (workshop, resource, _) = try await server()
        try await workshop.perform("server_stop", [:], on: resource)
        let code = await workshop.code(of: "server_exec", ["command": ["echo"], "timeoutSeconds": 5], on: resource)
        #expect(code == "server_stopped")
    }

    @Test("A new image takes all files, and no other does")
    func reinstall() async throws {
        let (workshop, resource, before) = try await server(["backupsEnabled": true])
        try await workshop.perform("server_file_write", ["path": "/srv/a", "content": "a"], on: resource)
        let done = try await workshop.perform("server_reinstall", ["image": "debian-12"], on: resource)
        #expect(done["image"] == "debian-12" && done["ipv4"] == before["ipv4"])
        #expect(await workshop.field(of: "server_file_read", ["path": "/srv/a"], on: resource) == "path")
        #expect(
            try await run(["cat", "/etc/os-release"], workshop, resource)["stdout"]?.string?.contains("Debian") == true
        )
        #expect(await workshop.code(of: "server_reinstall", ["image": "windows"], on: resource) == "invalid_input")
        let kept = try await workshop.inspect("server_snapshot_list", on: resource)
        let snapshot = try #require(kept["snapshots"]?.array?.first?["snapshotId"])
        try await workshop.perform("server_snapshot_restore", ["snapshotId": snapshot], on: resource)
        #expect(try await workshop.inspect("server_file_read", ["path": "/srv/a"], on: resource)["content"] == "a")
        #expect(try await workshop.inspect("server_get", on: resource)["image"] == "ubuntu-24.04")
    }

    @Test("Snapshots are made, listed, restored and removed, ten at most")
    func snapshots() async throws {
        let (workshop, resource, _) = try await server()
        let first = try await workshop.perform("server_snapshot_create", ["label": "empty"], on: resource)
        for _ in 1..<10 { try await workshop.perform("server_snapshot_create", [:], on: resource) }
        #expect(await workshop.code(of: "server_snapshot_create", [:], on: resource) == "too_many_snapshots")
        let id = try #require(first["snapshotId"])
        try await workshop.perform("server_snapshot_delete", ["snapshotId": id], on: resource)
        #expect(await workshop.code(of: "server_snapshot_restore", ["snapshotId": id], on: resource) == "not_found")
        let listed = try await workshop.inspect("server_snapshot_list", on: resource)
        #expect(listed["snapshots"]?.array?.count == 9)
    }

    @Test("Name, keys, firewall and ports are set and seen")
    func settings() async throws {
        let (workshop, resource, _) = try await server()
        try await workshop.perform("server_rename", ["hostname": "web-2"], on: resource)
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJb7h3V2 ana@laptop"
        try await workshop.perform("server_ssh_keys_set", ["publicKeys": [.string(key)]], on: resource)
        try await workshop.perform(
            "server_firewall_set",
            ["rules": [["protocol": "tcp", "ports": 22, "source": "203.0.113.0/24"], ["protocol": "icmp"]]],
            on: resource)
        let port = try await workshop.perform(
            "server_port_publish", ["containerPort": 8080, "protocol": "tcp"], on: resource)
        let again = try await workshop.perform(
            "server_port_publish", ["containerPort": 8080, "protocol": "tcp"], on: resource)
        #expect(port == again && port["publicPort"] == 20_000)
        let seen = try await workshop.inspect("server_get", on: resource)
        #expect(seen["hostname"] == "web-2" && seen["publicKeys"] == [.string(key)])
        #expect(seen["firewall"]?.array?.map { $0["ports"] } == ["22", nil])
        #expect(seen["ports"]?.array?.count == 1)
        #expect(try await run(["hostname"], workshop, resource)["stdout"] == "web-2\n")
    }

    @Test(
        "What cannot be set is refused",
        arguments: [
            ManagementAction("server_rename", ["hostname": "Web 2"]),
            ManagementAction("server_ssh_keys_set", ["publicKeys": ["hello"]]),
            ManagementAction("server_firewall_set", ["rules": [["protocol": "tcp", "ports": "80-22"]]]),
            ManagementAction("server_firewall_set", ["rules": [["protocol": "tcp", "source": "everywhere"]]]),
            ManagementAction("server_firewall_set", ["rules": [["protocol": "gre"]]]),
            ManagementAction("server_firewall_set", ["rules": "none"]),
            ManagementAction("server_port_publish", ["containerPort": 0, "protocol": "tcp"]),
            ManagementAction("server_exec", ["command": [], "timeoutSeconds": 5]),
            ManagementAction("server_stop", ["force": "yes"]),
        ])
    func refused(_ action: ManagementAction) async throws {
        let (workshop, resource, _) = try await server()
        #expect(await workshop.code(of: action.name, action.input, on: resource) == "invalid_input")
    }

    @Test("A server becomes another item of the catalog")
    func resize() async throws {
        let (workshop, resource, _) = try await server()
        let done = try await workshop.perform("server_resize", ["catalogItemId": "cat_vps_small"], on: resource)
        #expect(done["catalogItemId"] == "cat_vps_small" && done["size", "memoryMb"] == 4096)
        #expect(try await workshop.inspect("server_get", on: resource)["size", "cores"] == 2)
        for other in ["cat_domain_com", "cat_nothing"] {
            let input: JSONValue = ["catalogItemId": .string(other)]
            #expect(await workshop.code(of: "server_resize", input, on: resource) == "not_found")
        }
    }

    @Test("The log says what happened, from a moment on")
    func log() async throws {
        let (workshop, resource, _) = try await server()
        workshop.clock.advance(by: .seconds(60))
        try await workshop.perform("server_restart", [:], on: resource)
        let all = try await workshop.inspect("server_log_get", on: resource)
        #expect(all["entries"]?.array?.map { $0["message"] } == ["installed ubuntu-24.04", "booted", "restarted"])
        for since in ["2026-03-14T10:31:00Z", "2026-03-14T10:30:59.500Z"] {
            let late = try await workshop.inspect("server_log_get", ["since": .string(since)], on: resource)
            #expect(late["entries"]?.array?.count == 1)
        }
        let last = try await workshop.inspect("server_log_get", ["limit": 2], on: resource)
        #expect(last["entries"]?.array?.count == 2)
        #expect(await workshop.field(of: "server_log_get", ["since": "yesterday"], on: resource) == "since")
    }

    private func run(
        _ command: [String], _ workshop: Workshop, _ resource: ResourceRef, given: String = ""
    ) async throws -> JSONValue {
        try await workshop.perform(
            "server_exec",
            [
                "command": .array(command.map(JSONValue.string)), "stdin": .string(given), "timeoutSeconds": 5,
            ], on: resource)
    }
}
