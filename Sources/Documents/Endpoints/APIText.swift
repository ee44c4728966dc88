/// What is said of an API as a whole: its name, servers, ways to be known, and tags.
struct APIText {
    private(set) var lines = Lines()

    var text: String { lines.text }

    init(_ api: OpenAPI) {
        let info = api.root["info"] ?? .text("")
        lines.add([info.text("title"), info.text("version")].compactMap(\.self).joined(separator: " "))
        lines.add(info.text("summary"))
        lines.add(info.text("description"))
        lines.add("Servers", Self.servers(of: api.root, in: api))
        let schemes = api.root["components"]?["securitySchemes"] ?? api.root["securityDefinitions"]
        let names = schemes?.mapping?.members ?? []
        lines.add("Security", names.prefix(50).map { Self.scheme($0.key, api.resolve($0.value).value) })
        let tags = api.root["tags"]?.list ?? []
        if !tags.isEmpty { lines.add("Tags:") }
        for tag in tags {
            guard let name = tag.text("name") else { continue }
            lines.add(Lines.described("- \(name)", tag.text("description")))
        }
    }

    /// - Parameter value: the document, a path or an operation; Swagger has one server, in parts.
    static func servers(of value: Value, in api: OpenAPI) -> [String] {
        let servers = (value["servers"]?.list ?? []).compactMap { server in
            server.text("url").map { url in server.text("description").map { "\(url) (\($0))" } ?? url }
        }
        guard servers.isEmpty, let host = value.text("host") else { return servers }
        let schemes = value["schemes"]?.list.compactMap(\.text) ?? []
        return (schemes.isEmpty ? ["https"] : schemes).map { "\($0)://\(host)\(value.text("basePath") ?? "")" }
    }

    /// `bearerAuth (http bearer)`
    static func scheme(_ name: String, _ value: Value) -> String {
        let words = ["type", "scheme", "bearerFormat", "in", "name"].compactMap { value.text($0) }
        return words.isEmpty ? name : "\(name) (\(words.joined(separator: " ")))"
    }
}
