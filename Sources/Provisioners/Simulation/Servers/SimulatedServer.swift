import Domain

/// A server that runs nothing, but knows all that is done with it.
struct SimulatedServer: Codable, Equatable, Sendable {
    var hostname: String
    var region: String
    var image: String
    let ipv4: String
    let ipv6: String
    var hasBackups: Bool
    var isRunning = true
    var bootedAt: Timestamp
    var keys: [String] = []
    var firewall: [FirewallRule] = []
    var ports: [PublishedPort] = []
    var disk: ServerDisk
    var log: [LogEntry] = []
    var snapshots: [Snapshot] = []

    /// A line of what happened to it.
    struct LogEntry: Codable, Equatable, Sendable {
        var at: Timestamp
        var text: String
    }

    init(_ configuration: JSONValue, service: String, in simulation: Simulation) throws {
        hostname = configuration["hostname"]?.string ?? "server"
        region = configuration["region"]?.string ?? ""
        image = configuration["image"]?.string ?? ""
        hasBackups = configuration["backupsEnabled"]?.bool ?? false
        ipv4 = try Self.address(service, in: simulation)
        ipv6 = Self.longAddress(service)
        bootedAt = simulation.now
        disk = ServerDisk(image: image, hostname: hostname, at: simulation.now)
        note("installed \(image)", at: simulation.now)
        note("booted", at: simulation.now)
    }

    var outputs: JSONValue {
        [
            "hostname": .string(hostname), "region": .string(region), "image": .string(image), "ipv4": .string(ipv4),
            "ipv6": .string(ipv6), "state": .string(isRunning ? "running" : "stopped"),
        ]
    }

    mutating func boot(at now: Timestamp, _ why: String) {
        isRunning = true
        bootedAt = now
        note(why, at: now)
    }

    /// The newest lines stay.
    mutating func note(_ text: String, at now: Timestamp) {
        log.append(LogEntry(at: now, text: text))
        if log.count > 200 { log.removeFirst(log.count - 200) }
    }

    /// One of the networks that are kept for examples. They have 762 addresses; when those that are tried are taken,
    /// servers share one, which does no harm where nobody answers.
    private static func address(_ service: String, in simulation: Simulation) throws -> String {
        let networks = ["203.0.113", "198.51.100", "192.0.2"]
        var wish = ""
        for attempt in 0..<12 {
            let number = Chance.number(of: service, seed: UInt64(attempt))
            wish = "\(networks[Int(number % 3)]).\(number / 3 % 254 + 1)"
            if try simulation.holder(of: "address/\(wish)") == nil { break }
        }
        return wish
    }

    private static func longAddress(_ service: String) -> String {
        let digits = Array(String(Chance.number(of: service), radix: 16).suffix(12))
        let groups = stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<min($0 + 4, digits.count)]) }
        return "2001:db8::" + groups.joined(separator: ":")
    }
}

extension SimulatedServer: Snapshotted {
    /// What a snapshot of a server holds.
    struct Content: Codable {
        var image: String
        var disk: ServerDisk
    }

    var content: Content { Content(image: image, disk: disk) }
    var sizeBytes: Int64 { disk.usedBytes }

    mutating func restore(_ content: Content, from snapshot: Snapshot, at now: Timestamp) {
        image = content.image
        disk = content.disk
        disk.nameHost(hostname, at: now)
        boot(at: now, "restored snapshot \(snapshot.id)")
    }
}
