import Domain
import Hummingbird
import Wire

/// The members of a JSON object by their types; null is the same as absent.
struct Fields {
    let object: JSON.Object

    func value(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(Refusal) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw .invalid(key, "\(key): expected a string, got \(value.kind)") }
        return text
    }

    func bool(_ key: String) throws(Refusal) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw .invalid(key, "\(key): expected a boolean, got \(value.kind)") }
        return flag
    }

    func integer(_ key: String) throws(Refusal) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }) else {
            throw .invalid(key, "\(key): expected an integer, got \(value.kind)")
        }
        return number
    }

    func array(_ key: String) throws(Refusal) -> [JSON]? {
        guard let value = value(key) else { return nil }
        guard let list = value.array else { throw .invalid(key, "\(key): expected an array, got \(value.kind)") }
        return list
    }
}

extension Request {
    /// A number of the query, from 1 on.
    func number(_ name: String, usually: Int, most: Int) throws(Refusal) -> Int {
        guard let text = uri.queryParameters.get(name) else { return usually }
        guard let number = Int(text), (1...most).contains(number) else {
            throw .invalid(name, "\(name) is a number from 1 to \(most).")
        }
        return number
    }
}
