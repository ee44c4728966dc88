import Domain
import HTTPTypes
import Wire

/// The doors as OpenAPI 3.1 describes them, made of the tables.
extension AgentStore {
    static func openAPI(at url: String) -> JSON {
        var paths = JSON.Object()
        for (base, routes, key) in [(agentBase, agentRoutes, "agentKey"), (ownerBase, ownerRoutes, "ownerKey")] {
            for place in Place.of(routes) {
                var object = paths[base + place.path]?.object ?? [:]
                object[place.method.rawValue.lowercased()] = operation(place, base: base, key: key)
                paths[base + place.path] = .object(object)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Rialto agent store", "version": "1",
                "description": "Agents buy what they need, within limits that their owner has set.",
            ],
            "servers": [["url": .string(url)]], "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "agentKey": bearer("ask_live_<id>.<secret>"), "ownerKey": bearer("own_<id>.<secret>"),
                ],
                "schemas": ["Error": errorSchema],
            ],
        ]
    }

    private static func bearer(_ format: String) -> JSON {
        ["type": "http", "scheme": "bearer", "bearerFormat": .string(format)]
    }

    private static func operation(_ place: Place, base: String, key: String) -> JSON {
        let tools = place.routes.compactMap { route in tool(route).map { (route, $0) } }
        let prefix = base == ownerBase ? "account." : ""
        let captures = place.routes[0].captures
        var object: JSON.Object = [
            "operationId": .string(prefix + tools.map(\.1.name).joined(separator: "-") + suffix(place)),
            "summary": .string(tools.map(\.1.summary).joined(separator: " ")),
            "tags": [.string(tools.first?.1.group.rawValue ?? "core")], "security": [[key: []]],
        ]
        var parameters = captures.map { parameter($0, "path", isRequired: true, ["type": "string"]) }
        let takesBody = ![.get, .delete].contains(place.method)
        if takesBody {
            let schemas = tools.map { body(of: $1, at: $0, captures) }
            let schema: JSON = schemas.count == 1 ? schemas[0] : ["oneOf": .array(schemas)]
            object["requestBody"] = [
                "required": .bool(schemas.contains { $0["required"] != nil }),
                "content": ["application/json": ["schema": schema]],
            ]
            if tools.contains(where: { $1.keyRule != .never }) { parameters.append(keyHeader) }
        } else {
            parameters += queries(of: tools.map(\.1), captures)
        }
        object["parameters"] = .array(parameters)
        object["responses"] = responses(tools.map(\.1))
        return .object(object)
    }

    /// One tool may stand at two paths.
    private static func suffix(_ place: Place) -> String {
        place.path.hasSuffix("/{recordId}") ? "-one" : ""
    }

    /// The fields that are neither in the path nor beside it.
    private static func body(of tool: Tool, at route: AgentStoreRoute, _ captures: [String]) -> JSON {
        var schema = InputField.schema(tool.fields.filter { !captures.contains($0.name) })
        // The key may come in its header instead.
        let required = schema["required"]?.array?.filter { $0 != .string(InputField.keyName) } ?? []
        schema["required"] = required.isEmpty ? .none : .array(required)
        if case .saying(let name, let word) = route.choice {
            var properties = schema["properties"]?.object ?? [:]
            properties[name] = ["const": .string(word)]
            schema["properties"] = .object(properties)
            schema["required"] = .array(required + [.string(name)])
        }
        return .object(schema)
    }

    private static func queries(of tools: [Tool], _ captures: [String]) -> [JSON] {
        var seen = Set(captures)
        return tools.flatMap(\.fields).filter { seen.insert($0.name).inserted }.map { field in
            var schema = field.shape.schema
            schema["description"] = .string(field.about)
            return parameter(
                field.name, "query", isRequired: field.isRequired && tools.count == 1, .object(schema))
        }
    }

    private static func parameter(_ name: String, _ place: String, isRequired: Bool, _ schema: JSON) -> JSON {
        ["name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": schema]
    }

    private static let keyHeader = parameter(
        "Idempotency-Key", "header", isRequired: false, ["type": "string", "maxLength": 255])

    private static func responses(_ tools: [Tool]) -> JSON {
        let content: JSON = ["application/json": ["schema": ["type": "object"]]]
        var responses: JSON.Object = ["200": ["description": "The answer.", "content": content]]
        if tools.contains(where: { [.write, .money].contains($0.effect) }) {
            responses["201"] = ["description": "Made, or bought, or under way.", "content": content]
        }
        if tools.contains(where: { $0.effect != .read }) {
            responses["202"] = ["description": "It waits for a person, or goes on.", "content": content]
        }
        responses["default"] = [
            "description": "No.",
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
        ]
        return .object(responses)
    }

    private static let errorSchema: JSON = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["type", "code", "message", "resolution", "retryable"],
                "properties": [
                    "type": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                    "param": ["type": "string"],
                    "resolution": ["enum": ["recoverable", "requires_buyer_input", "requires_buyer_review"]],
                    "retryable": ["type": "boolean"], "retryAfterMs": ["type": "integer"],
                    "requestId": ["type": "string"], "details": ["type": "object"],
                ],
            ]
        ],
    ]
}
