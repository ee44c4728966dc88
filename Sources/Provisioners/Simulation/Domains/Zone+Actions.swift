import Domain

/// What can be done with the records of a domain.
extension Zone {
    /// - Returns: nil for what cannot be.
    mutating func perform(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue? {
        switch input.action.name {
        case "domain_dns_record_upsert": try upsert(input, at: now)
        case "domain_dns_record_delete": try delete(input, at: now)
        case "domain_dns_zone_import": try load(input, at: now)
        default: nil
        }
    }

    func list(_ input: ActionInput) throws(Refusal) -> JSONValue {
        let type = try input.optionalText("type")?.uppercased()
        let name = try input.has("name") ? RecordSet.name(input, of: domain) : nil
        let found = sets.filter { (type == nil || $0.type == type) && (name == nil || $0.name == name) }
        return ["records": .array(found.map(\.json)), "soaSerial": .integer(serial)]
    }

    private mutating func upsert(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        try checkSerial(input)
        let set = try RecordSet(input.object("record"), of: domain)
        try replace(at: now) { sets in
            sets.removeAll { $0.id == set.id }
            sets.append(set)
        }
        return ["record": set.json, "recordId": .string(set.id), "soaSerial": .integer(serial)]
    }

    private mutating func delete(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        try checkSerial(input)
        let id = try input.has("recordId") ? input.text("recordId", most: 300) : typeAndName(input)
        guard let set = sets.first(where: { $0.id == id }) else {
            throw .missing(input.has("recordId") ? "recordId" : "name", "There is no record \(id).")
        }
        var rest = set
        if let value = try input.optionalText("value", most: 4096) {
            rest.values.removeAll { set.isSame($0, as: value, domain: domain) }
            guard rest != set else { throw .missing("value", "value: \(id) does not have this value.") }
        } else {
            rest.values = []
        }
        try replace(at: now) { sets in
            sets.removeAll { $0.id == id }
            if !rest.values.isEmpty { sets.append(rest) }
        }
        return ["recordId": .string(id), "soaSerial": .integer(serial)]
    }

    private func typeAndName(_ input: ActionInput) throws(Refusal) -> String {
        try "\(input.text("type").uppercased())_\(RecordSet.name(input, of: domain))"
    }

    private mutating func load(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        let reading = try ZoneReader.read(input.text("zoneText", least: 0, most: ZoneReader.mostBytes), domain: domain)
        let replaces = try input.text("mode", from: ["merge", "replace"]) == "replace"
        if reading.sets.isEmpty, replaces, try !input.flag("allowEmpty", usually: false) {
            throw input.refusal("zoneText", "has no records: to remove all that there are, set allowEmpty.")
        }
        let isDry = try input.flag("dryRun", usually: false)
        let before = sets
        var next = self
        try next.replace(at: now) { sets in
            sets.removeAll { set in replaces || reading.sets.contains { $0.id == set.id } }
            sets += reading.sets
        }
        if next.sets == before { next = self }
        if !isDry { self = next }
        return Self.difference(from: before, to: next.sets).with([
            "soaSerial": .integer(serial), "dryRun": .bool(isDry), "ignored": JSONValue(reading.ignored),
        ])
    }

    /// The ids of what came, went and changed.
    private static func difference(from before: [RecordSet], to after: [RecordSet]) -> JSONValue {
        let old = Dictionary(before.map { ($0.id, $0) }) { $1 }
        let new = Dictionary(after.map { ($0.id, $0) }) { $1 }
        return [
            "added": JSONValue(after.map(\.id).filter { old[$0] == nil }),
            "changed": JSONValue(after.filter { old[$0.id] != nil && old[$0.id] != $0 }.map(\.id)),
            "removed": JSONValue(before.map(\.id).filter { new[$0] == nil }),
        ]
    }

    private func checkSerial(_ input: ActionInput) throws(Refusal) {
        guard input.has("ifSerial") else { return }
        let expected = try input.integer("ifSerial", 0...Int64(UInt32.max))
        guard expected == serial else {
            throw Refusal(
                .conflict, "The zone has changed meanwhile: its serial is \(serial).", field: "ifSerial",
                code: "serial_mismatch")
        }
    }
}

extension RecordSet {
    fileprivate func isSame(_ kept: String, as value: String, domain: String) -> Bool {
        kept == value || kept == (try? RecordContent.normal(value, type: type, priority: nil, domain: domain))
    }
}
