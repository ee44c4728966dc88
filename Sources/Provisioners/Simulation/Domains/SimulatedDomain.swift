import Domain

/// A domain that nobody outside resolves.
struct SimulatedDomain: Codable, Equatable, Sendable {
    static let usualNameservers = ["ns1.rialto.example", "ns2.rialto.example"]
    private static let contactFields = [
        "name", "organization", "email", "phone", "street", "city", "region", "postalCode", "country",
    ]

    var zone: Zone
    var contact: [String: String]
    var hasPrivacy: Bool
    var isLocked = true

    init(_ name: String, _ configuration: JSONValue, at now: Timestamp) {
        zone = Zone(domain: name, nameservers: Self.usualNameservers, at: now)
        hasPrivacy = configuration["privacyProtection"]?.bool ?? true
        contact = [:]
        contact["email"] = configuration["registrantEmail"]?.string
        contact["country"] = configuration["registrantCountry"]?.string
    }

    var outputs: JSONValue {
        [
            "domainName": .string(zone.domain), "nameservers": JSONValue(zone.nameservers),
            "privacyProtection": .bool(hasPrivacy), "locked": .bool(isLocked),
        ]
    }

    mutating func perform(_ input: ActionInput, in simulation: Simulation) throws(Refusal) -> Effect? {
        switch input.action.name {
        case "domain_nameservers_set":
            zone.nameservers = try nameservers(input)
            zone.touch(at: simulation.now)
            return Effect(outputs: ["nameservers": JSONValue(zone.nameservers), "soaSerial": .integer(zone.serial)])
        case "domain_contact_set":
            contact = try Self.contact(input.object("contact"))
            return Effect(outputs: ["contact": contactJSON])
        case "domain_privacy_set":
            hasPrivacy = try input.flag("enabled")
            return Effect(outputs: ["privacyProtection": .bool(hasPrivacy)])
        case "domain_lock_set":
            isLocked = try input.flag("locked")
            return Effect(outputs: ["locked": .bool(isLocked)])
        default: return try zone.perform(input, at: simulation.now).map { Effect(outputs: $0) }
        }
    }

    func inspect(_ input: ActionInput, of resource: SimulatedResource) throws(Refusal) -> JSONValue? {
        switch input.action.name {
        case "domain_get":
            resource.outputs.with([
                "contact": contactJSON, "registeredAt": .string(resource.createdAt.iso8601),
                "soaSerial": .integer(zone.serial), "recordCount": .integer(Int64(zone.sets.count)),
                "whois": hasPrivacy ? ["registrant": "Withheld for privacy"] : ["registrant": contactJSON],
            ])
        case "domain_dns_record_list": try zone.list(input)
        case "domain_dns_zone_export":
            ["zoneText": .string(zone.text), "soaSerial": .integer(zone.serial)]
        default: nil
        }
    }

    private var contactJSON: JSONValue { .object(contact.mapValues(JSONValue.string)) }

    private func nameservers(_ input: ActionInput) throws(Refusal) -> [String] {
        var names: [String] = []
        for (index, text) in try input.texts("nameservers", 1...13).enumerated() {
            guard let name = DomainName.host(text), name.contains(".") else {
                throw input.refusal("nameservers[\(index)]", "must be the name of a host, such as ns1.example.com.")
            }
            guard !names.contains(name) else { throw input.refusal("nameservers[\(index)]", "is named twice.") }
            names.append(name)
        }
        return names
    }

    private static func contact(_ input: ActionInput) throws(Refusal) -> [String: String] {
        let unknown = (input.members.object ?? [:]).keys.sorted().first { !contactFields.contains($0) }
        if let unknown {
            throw input.refusal(
                unknown, "is no field of a contact. Its fields are: \(contactFields.joined(separator: ", ")).")
        }
        var contact: [String: String] = [:]
        for field in contactFields { contact[field] = try input.optionalText(field) }
        contact["email"] = try input.text("email", pattern: Offer.emailPattern)
        contact["country"] = try input.optionalText("country", pattern: "[A-Z]{2}")
        return contact
    }
}
