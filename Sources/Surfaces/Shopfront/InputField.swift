import Domain
import Wire

/// One member of a tool's input: enough to check it, and to say in a JSON Schema what it must be.
struct InputField: Sendable, Equatable {
    let name: String
    let shape: InputShape
    let isRequired: Bool
    /// In words for a model.
    let about: String
    let example: JSON

    private init(_ name: String, _ shape: InputShape, isRequired: Bool, _ about: String, _ example: JSON?) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
        self.about = about
        self.example = example ?? shape.example
    }

    static func required(
        _ name: String, _ shape: InputShape, _ about: String, example: JSON? = nil
    ) -> InputField {
        InputField(name, shape, isRequired: true, about, example)
    }

    static func optional(
        _ name: String, _ shape: InputShape, _ about: String, example: JSON? = nil
    ) -> InputField {
        InputField(name, shape, isRequired: false, about, example)
    }
}

/// The members of an object together.
extension InputField {
    static func schema(_ fields: [InputField]) -> JSON.Object {
        var properties = JSON.Object()
        for field in fields {
            var schema = field.shape.schema
            schema["description"] = .string(field.about)
            properties[field.name] = .object(schema)
        }
        var whole: JSON.Object = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { whole["required"] = .array(required) }
        return whole
    }

    /// An object with all that is required, and nothing else.
    static func example(_ fields: [InputField]) -> JSON {
        var object = JSON.Object()
        for field in fields where field.isRequired { object[field.name] = field.example }
        return .object(object)
    }

    /// A member that is null counts as absent, one that is not known is passed over.
    /// - Parameter prefix: what stands before the names in messages: `record.`
    /// - Throws: `invalid`, naming the field at fault.
    static func check(
        _ object: JSON.Object, _ fields: [InputField], below prefix: String = ""
    ) throws(Refusal) {
        for field in fields {
            guard let value = object[field.name], !value.isNull else {
                guard !field.isRequired else {
                    throw .invalid(prefix + field.name, "\(prefix + field.name) is needed: \(field.about)")
                }
                continue
            }
            try field.shape.check(value, at: prefix + field.name)
        }
    }
}
