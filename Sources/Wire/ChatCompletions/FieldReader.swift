/// The members of one object in a request, read with the path they stand at. Null is the same as absent.
struct FieldReader {
    let object: JSON.Object
    let path: String

    init(_ json: JSON, path: String) throws(FieldFault) {
        guard let object = json.object else {
            throw FieldFault(field: path, message: "expected an object, got \(json.kind)")
        }
        self.object = object
        self.path = path
    }

    func path(of key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    func fault(_ key: String, _ message: String) -> FieldFault {
        FieldFault(field: path(of: key), message: message)
    }

    func value(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(FieldFault) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw fault(key, "expected a string, got \(value.kind)") }
        return text
    }

    func requiredString(_ key: String) throws(FieldFault) -> String {
        guard let text = try string(key) else { throw fault(key, "is required") }
        return text
    }

    func bool(_ key: String) throws(FieldFault) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw fault(key, "expected a boolean, got \(value.kind)") }
        return flag
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(FieldFault) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.number else { throw fault(key, "expected a number, got \(value.kind)") }
        guard range.contains(number) else {
            throw fault(key, "must be between \(range.lowerBound.formatted) and \(range.upperBound.formatted)")
        }
        return number
    }

    func integer(_ key: String, atLeast least: Int) throws(FieldFault) -> Int? {
        guard let value = value(key) else { return nil }
        guard let integer = value.integer else { throw fault(key, "expected an integer, got \(value.kind)") }
        guard integer >= least else { throw fault(key, "must be at least \(least)") }
        return Int(integer)
    }

    func array(_ key: String) throws(FieldFault) -> [JSON]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.array else { throw fault(key, "expected an array, got \(value.kind)") }
        return elements
    }

    func object(_ key: String) throws(FieldFault) -> FieldReader? {
        guard let value = value(key) else { return nil }
        return try FieldReader(value, path: path(of: key))
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var formatted: String {
        self == rounded() && magnitude < 1e15 ? Int(self).description : description
    }
}
