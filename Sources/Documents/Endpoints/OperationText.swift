/// What an operation takes and gives, in lines for a reader who has nothing else of the document.
struct OperationText {
    private let api: OpenAPI
    private let operation: Operation
    private var lines = Lines()

    var text: String { lines.text }

    init(_ operation: Operation, in api: OpenAPI) {
        self.api = api
        self.operation = operation
        let value = operation.value
        lines.add(operation.heading)
        lines.add(value.text("summary"))
        lines.add(value.text("description"))
        lines.add("Operation", [value.text("operationId")].compactMap(\.self))
        lines.add("Tags", value["tags"]?.list.compactMap(\.text) ?? [])
        if value.text("deprecated") == "true" { lines.add("Deprecated") }
        addServers()
        addSecurity()
        addParameters()
        addBody()
        addResponses()
    }

    private mutating func addServers() {
        for value in [operation.value, operation.item, api.root] {
            let servers = APIText.servers(of: value, in: api)
            guard servers.isEmpty else { return lines.add("Servers", servers) }
        }
    }

    private mutating func addSecurity() {
        let wanted = operation.value["security"] ?? api.root["security"]
        let schemes = api.root["components"]?["securitySchemes"] ?? api.root["securityDefinitions"]
        let ways = (wanted?.list ?? []).prefix(20).map { way in
            (way.mapping?.members ?? []).prefix(20).map { member in
                APIText.scheme(member.key, schemes?[member.key].map { api.resolve($0).value } ?? .text(""))
            }.joined(separator: " and ")
        }
        lines.add("Security", ways.map { $0.isEmpty ? "none" : $0 })
    }

    /// Those of the path, and of the operation, which may say the same parameter anew.
    private var parameters: [Value] {
        var found: [(key: String, value: Value)] = []
        for value in (operation.item["parameters"]?.list ?? []) + (operation.value["parameters"]?.list ?? []) {
            guard found.count < 200 else { break }
            let parameter = api.resolve(value).value
            let key = "\(parameter.text("in") ?? "") \(parameter.text("name") ?? "")"
            if let index = found.firstIndex(where: { $0.key == key }) {
                found[index].value = parameter
            } else {
                found.append((key, parameter))
            }
        }
        return found.map(\.value)
    }

    private mutating func addParameters() {
        let parameters = parameters.filter { $0.text("in") != "body" && $0.text("name") != nil }
        guard !parameters.isEmpty else { return }
        lines.add("Parameters:")
        for parameter in parameters {
            let schema = parameter["schema"] ?? parameter
            let kind = SchemaText(api).label(schema)
            let isRequired = parameter.text("required") == "true"
            let facts = [parameter.text("in"), isRequired ? "required" : nil, kind].compactMap(\.self)
            let name = parameter.text("name") ?? ""
            lines.add(
                Lines.described("- \(name) (\(facts.joined(separator: ", ")))", parameter.text("description")))
        }
    }

    private mutating func addBody() {
        if let body = operation.value["requestBody"].map({ api.resolve($0).value }) {
            let isRequired = body.text("required") == "true"
            lines.add(Lines.described("Request body\(isRequired ? " (required)" : "")", body.text("description")))
            addContent(body)
        } else if let body = parameters.first(where: { $0.text("in") == "body" }) {
            lines.add(Lines.described("Request body", body.text("description")))
            if let schema = body["schema"] { addSchema(schema) }
        }
    }

    private mutating func addResponses() {
        let responses = operation.value["responses"]?.mapping?.members ?? []
        if !responses.isEmpty { lines.add("Responses:") }
        for response in responses {
            guard !lines.isFull else { return }
            let value = api.resolve(response.value).value
            lines.add(Lines.described("- \(response.key)", value.text("description")))
            addContent(value)
            if let schema = value["schema"] { addSchema(schema) }
        }
    }

    /// The same schema in several formats is said once.
    private mutating func addContent(_ value: Value) {
        let formats = value["content"]?.mapping?.members ?? []
        lines.add("Format", formats.map(\.key), indent: 1)
        if let schema = formats.lazy.compactMap({ $0.value["schema"] }).first { addSchema(schema) }
    }

    private mutating func addSchema(_ schema: Value) {
        var text = SchemaText(api)
        text.describe(schema, in: &lines)
    }
}
