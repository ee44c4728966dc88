/// The shape of what is sent, as an indented list of its fields.
struct SchemaText {
    /// Fields of fields of fields are named by their type only.
    private static let deepest = 4

    private let api: OpenAPI
    /// The named types that this one is within: one of them again is not said anew.
    private var path: [String] = []

    init(_ api: OpenAPI) {
        self.api = api
    }

    /// - Returns: such as `array of Pet` or `string (date-time)`.
    func label(_ schema: Value, depth: Int = 0) -> String {
        let (value, name) = api.resolve(schema)
        if let name { return name }
        guard depth < Self.deepest else { return "…" }
        if let items = value["items"] { return "array of \(label(items, depth: depth + 1))" }
        for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
            let choices = value[key]?.list ?? []
            if !choices.isEmpty {
                return choices.prefix(8).map { label($0, depth: depth + 1) }.joined(separator: word)
            }
        }
        let types = value["type"]?.list.compactMap(\.text) ?? []
        let type = value.text("type") ?? (types.isEmpty ? "object" : types.joined(separator: " or "))
        let choices = (value["enum"]?.list ?? []).prefix(30).compactMap(\.text)
        if !choices.isEmpty { return "\(type): \(choices.joined(separator: " | "))" }
        return value.text("format").map { "\(type) (\($0))" } ?? type
    }

    mutating func describe(_ schema: Value, in lines: inout Lines) {
        lines.add(Lines.described("  \(label(schema))", api.resolve(schema).value.text("description")))
        addFields(schema, in: &lines, indent: 2)
    }

    private mutating func addFields(_ schema: Value, in lines: inout Lines, indent: Int) {
        let (value, name) = api.resolve(schema)
        guard !lines.isFull, path.count < Self.deepest, !path.contains(name ?? "") || name == nil else { return }
        path.append(name ?? "")
        defer { path.removeLast() }
        if let items = value["items"] { addFields(items, in: &lines, indent: indent) }
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in (value[key]?.list ?? []).prefix(20) { addFields(part, in: &lines, indent: indent) }
        }
        let required = Set(value["required"]?.list.prefix(1000).compactMap(\.text) ?? [])
        for field in value["properties"]?.mapping?.members ?? [] {
            guard !lines.isFull else { return }
            let facts = label(field.value) + (required.contains(field.key) ? ", required" : "")
            let description = api.resolve(field.value).value.text("description")
            lines.add(Lines.described("- \(field.key) (\(facts))", description), indent: indent)
            addFields(field.value, in: &lines, indent: indent + 1)
        }
    }
}
