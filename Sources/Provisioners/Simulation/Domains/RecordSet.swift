import Domain

/// All records of one name and type: they are set and removed together.
struct RecordSet: Codable, Equatable, Sendable {
    static let types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]
    static let ttls = Int64(30)...Int64(604_800)
    static let usualTTL: Int64 = 3600
    static let mostValues = 50

    var type: String
    /// Without the domain: `@`, `www`, `*.shop`.
    var name: String
    var ttl: Int64
    /// As a zone file has them, but for the quotes of texts and the points at the ends of names.
    var values: [String]

    var id: String { "\(type)_\(name)" }

    var json: JSONValue {
        [
            "recordId": .string(id), "type": .string(type), "name": .string(name), "ttl": .integer(ttl),
            "values": JSONValue(values),
        ]
    }

    /// - Parameter input: `{type, name, values[], ttl, priority?}`
    init(_ input: ActionInput, of domain: String) throws(Refusal) {
        let type = try input.text("type").uppercased()
        guard Self.types.contains(type) else {
            throw input.refusal("type", "must be one of: \(Self.types.joined(separator: ", ")).")
        }
        self.type = type
        name = try Self.name(input, of: domain)
        ttl = try input.integer("ttl", Self.ttls, usually: Self.usualTTL)
        let priority = try input.has("priority") ? input.integer("priority", 0...65_535) : nil
        values = []
        for (index, text) in try input.texts("values", 1...Self.mostValues, least: 0, most: 4096).enumerated() {
            do {
                let value = try RecordContent.normal(text, type: type, priority: priority, domain: domain)
                if !values.contains(value) { values.append(value) }
            } catch {
                throw input.refusal("values[\(index)]", error.what)
            }
        }
    }

    init(type: String, name: String, ttl: Int64, values: [String]) {
        self.type = type
        self.name = name
        self.ttl = ttl
        self.values = values
    }

    /// The name within the domain, given with or without it.
    static func name(_ input: ActionInput, of domain: String) throws(Refusal) -> String {
        let text = try input.text("name")
        guard let name = relative(text, to: domain) else {
            throw input.refusal("name", "must be a name within \(domain), such as www, or @ for the domain itself.")
        }
        return name
    }

    static func relative(_ text: String, to domain: String) -> String? {
        if text == "@" { return text }
        guard let name = DomainName.owner(text) else { return nil }
        if name == domain { return "@" }
        if name.hasSuffix(".\(domain)") { return String(name.dropLast(domain.count + 1)) }
        // With a point at its end it is whole, and of another domain.
        return text.hasSuffix(".") || name.utf8.count + domain.utf8.count > 252 ? nil : name
    }
}
