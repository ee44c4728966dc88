import Domain

/// Reads zones as RFC 1035 writes them.
struct ZoneReader {
    static let mostBytes = 262_144

    private let domain: String
    private var origin: String
    private var ttl = RecordSet.usualTTL
    private var owner: String?
    private(set) var sets: [RecordSet] = []
    /// What the registry has in its own hands: `SOA @`.
    private(set) var ignored: [String] = []

    /// - Throws: a refusal of `zoneText` that names the line.
    static func read(_ text: String, domain: String) throws(Refusal) -> ZoneReader {
        var reader = ZoneReader(domain: domain)
        for line in try ZoneLine.lines(of: text) { try reader.take(line) }
        return reader
    }

    private init(domain: String) {
        self.domain = domain
        origin = domain
    }

    private mutating func take(_ line: ZoneLine) throws(Refusal) {
        var words = line.words[...]
        guard let first = words.first else { return }
        switch first.text.uppercased() {
        case "$ORIGIN":
            guard words.count == 2, let name = absolute(words.last?.text ?? "") else {
                throw line.refusal("$ORIGIN needs a name.")
            }
            origin = name
        case "$TTL":
            guard words.count == 2, let seconds = Self.seconds(words.last?.text ?? "") else {
                throw line.refusal("$TTL needs a time.")
            }
            ttl = seconds
        case let word where word.hasPrefix("$"): throw line.refusal("\(first.text) is not done here.")
        default:
            if !line.isIndented {
                guard let name = absolute(first.text) else { throw line.refusal("\(first.text) is no name.") }
                owner = name
                words = words.dropFirst()
            }
            try takeRecord(line, words)
        }
    }

    private mutating func takeRecord(_ line: ZoneLine, _ given: ArraySlice<ZoneLine.Word>) throws(Refusal) {
        var words = given
        var time = ttl
        // A time and the class, in either order, both of which may be missing.
        while let word = words.first?.text, word.uppercased() == "IN" || word.utf8.first?.isDigit == true {
            if word.uppercased() != "IN" {
                guard let seconds = Self.seconds(word) else { throw line.refusal("\(word) is no time.") }
                time = seconds
            }
            words = words.dropFirst()
        }
        guard let owner, let name = RecordSet.relative(owner + ".", to: domain) else {
            throw line.refusal("The name is not within \(domain).")
        }
        guard let type = words.popFirst()?.text.uppercased() else { throw line.refusal("The type is missing.") }
        if type == "SOA" || type == "NS" && name == "@" {
            ignored.append("\(type) \(name)")
            return
        }
        guard RecordSet.types.contains(type) else { throw line.refusal("\(type) records are not kept here.") }
        guard RecordSet.ttls.contains(time) else { throw line.refusal("\(time) is no time that a record can have.") }
        try add(content(type, words, line), type: type, name: name, ttl: time, line)
    }

    private mutating func add(
        _ value: String, type: String, name: String, ttl: Int64, _ line: ZoneLine
    ) throws(Refusal) {
        guard let place = sets.firstIndex(where: { $0.type == type && $0.name == name }) else {
            guard sets.count < Zone.mostSets else { throw line.refusal("These are too many records.") }
            sets.append(RecordSet(type: type, name: name, ttl: ttl, values: [value]))
            return
        }
        guard !sets[place].values.contains(value) else { return }
        guard sets[place].values.count < RecordSet.mostValues else { throw line.refusal("These are too many values.") }
        sets[place].values.append(value)
    }

    private func content(
        _ type: String, _ words: ArraySlice<ZoneLine.Word>, _ line: ZoneLine
    ) throws(Refusal) -> String {
        var parts = words.map(\.text)
        if ["CNAME", "NS", "MX", "SRV"].contains(type), let last = parts.last, last != "." {
            guard let name = absolute(last) else { throw line.refusal("\(last) is no name.") }
            parts[parts.count - 1] = name
        }
        // The pieces of a text are cut wherever it has 255 bytes, within letters too.
        let whole = String(decoding: words.flatMap(\.bytes), as: UTF8.self)
        let text = type == "TXT" ? whole : parts.joined(separator: " ")
        do {
            return try RecordContent.normal(text, type: type, priority: nil, domain: domain)
        } catch {
            throw line.refusal("The value of \(type) \(error.what)")
        }
    }

    /// The whole name, without the point at its end.
    private func absolute(_ text: String) -> String? {
        if text == "@" { return origin }
        guard let name = DomainName.owner(text) else { return nil }
        return text.hasSuffix(".") ? name : "\(name).\(origin)"
    }

    /// `3600`, `1h30m`
    private static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var total: Int64 = 0
        var digits = ""
        for letter in text.lowercased() {
            if letter.isNumber { digits.append(letter); continue }
            guard let unit = units[letter], let count = Int64(digits), count <= 1_000_000 else { return nil }
            total += count * unit
            digits = ""
        }
        guard digits.isEmpty || digits.count <= 9 else { return nil }
        return digits.isEmpty ? total : (total == 0 ? Int64(digits) : nil)
    }
}
