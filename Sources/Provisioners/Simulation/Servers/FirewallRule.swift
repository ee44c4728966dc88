import Domain

/// What may come in or go out.
struct FirewallRule: Codable, Equatable, Sendable {
    var direction: String
    var transport: String
    /// `22` or `8000-8099`; nil for all.
    var ports: String?
    /// `0.0.0.0/0`
    var source: String
    var action: String

    init(_ input: ActionInput) throws(Refusal) {
        direction = try input.text("direction", from: ["in", "out"], usually: "in")
        transport = try input.text("protocol", from: ["tcp", "udp", "icmp"])
        action = try input.text("action", from: ["allow", "deny"], usually: "allow")
        source = try input.text("source", usually: "0.0.0.0/0")
        guard Address.network(source) != nil else {
            throw input.refusal("source", "must be an address or a network, such as 203.0.113.0/24.")
        }
        ports = try Self.ports(input)
    }

    private static func ports(_ input: ActionInput) throws(Refusal) -> String? {
        guard !input.has("port") || !input.has("ports") else {
            throw input.refusal("ports", "stands beside port: name one port or a range.")
        }
        guard let value = input.members["ports"] ?? input.members["port"] else { return nil }
        let parts = (value.digits ?? "").split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy(\.isDigit) ? Int($0) : nil }
        guard (1...2).contains(parts.count), numbers.count == parts.count, numbers == numbers.sorted(),
            numbers.allSatisfy({ (1...65_535).contains($0) })
        else { throw input.refusal("ports", "must be a port or a range of them, such as 22 or 8000-8099.") }
        return value.digits
    }

    var json: JSONValue {
        [
            "direction": .string(direction), "protocol": .string(transport), "ports": JSONValue(ports),
            "source": .string(source), "action": .string(action),
        ]
    }
}

/// A port of a server that is reached from outside by another.
struct PublishedPort: Codable, Equatable, Sendable {
    static let most = 100
    static let first: Int64 = 20_000

    var inside: Int64
    var outside: Int64
    var transport: String

    func json(at address: String) -> JSONValue {
        [
            "containerPort": .integer(inside), "publicPort": .integer(outside), "protocol": .string(transport),
            "address": .string(address),
        ]
    }
}
