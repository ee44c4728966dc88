import Ledger

/// One object of an owner's document, which knows where it stands and which members it may have. A member that is null
/// is not there.
struct DocumentPart {
    private static let longestList = 200
    private static let longestText = 200

    private let path: String
    private let members: [String: JSONValue]

    init(_ value: JSONValue, at path: String = "", knowing names: [String]) throws(Refusal) {
        guard let members = value.object else {
            throw path.isEmpty ? .invalid("policy", "A policy is an object.") : .invalid(path, "\(path) is an object.")
        }
        self.path = path
        self.members = members
        for name in members.keys.sorted() where !names.contains(name) {
            let guess = NearestName.to(name, among: names).map { "did you mean \($0)?" }
            throw fault(name, "is no member of it; \(guess ?? "it has \(names.joined(separator: ", ")).")")
        }
    }

    func place(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func fault(_ name: String, _ message: String) -> Refusal {
        .invalid(place(of: name), "\(place(of: name)) \(message)")
    }

    func value(_ name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    func flag(_ name: String) throws(Refusal) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw fault(name, "is true or false.") }
        return flag
    }

    func count(_ name: String, from least: Int64 = 0, to most: Int64 = 1_000_000_000) throws(Refusal) -> Int? {
        guard let value = value(name) else { return nil }
        guard let count = value.integer, count >= least, count <= most else {
            throw fault(name, "is a whole number from \(least) to \(most).")
        }
        return Int(count)
    }

    /// Cents.
    func minor(_ name: String) throws(Refusal) -> Money? {
        guard let value = value(name) else { return nil }
        guard let cents = value.integer, cents >= 0, let amount = Money(minor: cents) else {
            throw fault(name, "is an amount in whole cents, from 0 on.")
        }
        return amount
    }

    func dollars(_ name: String) throws(Refusal) -> Money? {
        try value(name)?.dollars(place(of: name), least: .zero, most: Money(micros: 1_000_000_000_000))
    }

    func number(_ name: String) throws(Refusal) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.number, number.isFinite else { throw fault(name, "is a number.") }
        return number
    }

    func text(_ name: String) throws(Refusal) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string, Self.isFit(text) else {
            throw fault(name, "is a text of 1 to \(Self.longestText) bytes.")
        }
        return text
    }

    func moment(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let moment = Timestamp(iso8601: text) else {
            throw fault(name, "is a moment such as 2026-03-14T10:30:00Z.")
        }
        return moment
    }

    func list(_ name: String) throws(Refusal) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let list = value.array, list.count <= Self.longestList else {
            throw fault(name, "is a list of \(Self.longestList) at most.")
        }
        return list
    }

    func texts(_ name: String) throws(Refusal) -> [String]? {
        guard let list = try list(name) else { return nil }
        var texts: [String] = []
        for (index, element) in list.enumerated() {
            guard let text = element.string, Self.isFit(text) else {
                throw fault("\(name)[\(index)]", "is a text of 1 to \(Self.longestText) bytes.")
            }
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }

    func part(_ name: String, knowing names: [String]) throws(Refusal) -> DocumentPart? {
        guard let value = value(name) else { return nil }
        return try DocumentPart(value, at: place(of: name), knowing: names)
    }

    func parts(_ name: String, knowing names: [String]) throws(Refusal) -> [DocumentPart] {
        var parts: [DocumentPart] = []
        for (index, element) in (try list(name) ?? []).enumerated() {
            parts.append(try DocumentPart(element, at: place(of: "\(name)[\(index)]"), knowing: names))
        }
        return parts
    }

    /// - Throws: `invalid` where it is missing.
    func need<Value>(_ name: String, _ value: Value?) throws(Refusal) -> Value {
        guard let value else { throw fault(name, "is missing.") }
        return value
    }

    private static func isFit(_ text: String) -> Bool { (1...longestText).contains(text.utf8.count) }
}
