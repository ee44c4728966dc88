import Domain

/// The records of a domain.
struct Zone: Codable, Equatable, Sendable {
    static let mostSets = 1000

    let domain: String
    var nameservers: [String]
    /// Of the SOA: the day, and how many changes there were; it only grows.
    private(set) var serial: Int64
    /// By name and type.
    private(set) var sets: [RecordSet] = []

    init(domain: String, nameservers: [String], at now: Timestamp) {
        self.domain = domain
        self.nameservers = nameservers
        serial = Self.firstSerial(of: now)
    }

    /// `2026031400`
    private static func firstSerial(of now: Timestamp) -> Int64 {
        (Int64(now.iso8601.prefix(10).filter { $0 != "-" }) ?? 0) * 100
    }

    mutating func touch(at now: Timestamp) {
        serial = max(serial + 1, Self.firstSerial(of: now))
    }

    /// Changes the records, as one: if they do not fit together then, they stay as they were.
    mutating func replace(
        at now: Timestamp, _ change: (inout [RecordSet]) -> Void
    ) throws(Refusal) {
        var changed = sets
        change(&changed)
        changed.sort { ($0.name, $0.type) < ($1.name, $1.type) }
        try Self.check(changed)
        sets = changed
        touch(at: now)
    }

    private static func check(_ sets: [RecordSet]) throws(Refusal) {
        guard sets.count <= mostSets else {
            throw .conflict("too_many_records", "A zone has \(mostSets) sets of records at most.")
        }
        for set in sets {
            guard set.type == "CNAME" else { continue }
            guard set.name != "@", set.values.count == 1 else {
                throw .conflict("record_conflict", "A CNAME has one value, and is never that of the domain itself.")
            }
            guard sets.allSatisfy({ $0.name != set.name || $0.type == "CNAME" }) else {
                throw .conflict("record_conflict", "Where a CNAME is, no other records can be: \(set.name).")
            }
        }
        guard !sets.contains(where: { $0.name == "@" && $0.type == "NS" }) else {
            throw .conflict("record_conflict", "The domain's own NS records are set with domain_nameservers_set.")
        }
    }
}
