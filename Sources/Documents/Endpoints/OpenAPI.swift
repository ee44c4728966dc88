import Domain
import Foundation

/// A document that describes an API: OpenAPI 3, or Swagger 2.0.
struct OpenAPI: Sendable {
    let root: Value

    static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]

    static let noDocument = refusal("It is neither JSON nor YAML.")

    /// - Returns: the endpoints, and before them what is said of the whole.
    /// - Throws: `invalid`, with what is missing.
    static func endpoints(of document: Document) throws(Refusal) -> some Sequence<Endpoint> {
        let api = OpenAPI(root: try read(document))
        try api.check()
        let operations = api.operations
        guard !operations.isEmpty else { throw refusal("It names no operation below “paths”.") }
        let about = Endpoint(heading: api.root["info"]?.text("title") ?? "API", text: APIText(api).text, line: 1)
        // Their texts are many times as long as the document, and so are made one after the other.
        return (-1..<operations.count).lazy.map { index in
            guard index >= 0 else { return about }
            let operation = operations[index]
            let text = OperationText(operation, in: api).text
            return Endpoint(heading: operation.heading, text: text, line: operation.line)
        }
    }

    private static func read(_ document: Document) throws(Refusal) -> Value {
        let text = document.text
        if case .code = document.structure { throw noDocument }
        if case .table = document.structure { throw noDocument }
        if case .sections = document.structure { throw noDocument }
        let ink = text.firstInk(in: 0..<text.count)
        if ink < text.count, text.bytes[ink] == Byte.openBrace {
            do {
                var reading = JSONReading(text)
                return try reading.read()
            } catch {
                if case .json = document.structure { throw refusal("It is no JSON: see line \(error.line).") }
            }
        }
        do { return try YAMLReading.read(text.string(0..<text.count)) } catch {
            throw refusal("It is neither JSON nor YAML: \(error.reason).")
        }
    }

    private func check() throws(Refusal) {
        guard root.mapping != nil else { throw Self.refusal("It is not a mapping with keys.") }
        let version = root.text("openapi") ?? root.text("swagger") ?? ""
        guard !version.isEmpty else { throw Self.refusal("The key “openapi” (or “swagger”) is missing.") }
        guard version.hasPrefix("3.") || (version.hasPrefix("2.") && isSwagger) else {
            throw Self.refusal("Its version is \(version.prefix(20)): OpenAPI 3 and Swagger 2.0 are read.")
        }
        guard root["paths"]?.mapping != nil || root["webhooks"]?.mapping != nil else {
            throw Self.refusal("The key “paths” is missing.")
        }
    }

    var isSwagger: Bool { root["openapi"] == nil }

    private var operations: [Operation] {
        ["paths", "webhooks"].flatMap { section in
            (root[section]?.mapping?.members ?? []).flatMap { path in
                (resolve(path.value).value.mapping?.members ?? []).filter { Self.methods.contains($0.key) }.map {
                    Operation(path: path.key, method: $0.key, item: path.value, value: $0.value, line: $0.line)
                }
            }
        }
    }

    /// - Returns: what a reference stands for, and the name of it.
    func resolve(_ value: Value) -> (value: Value, name: String?) {
        var value = value
        var name: String?
        // As many as this is a circle, or a joke.
        for _ in 0..<16 {
            guard let reference = value.text("$ref") else { return (value, name) }
            name = reference.split(separator: "/").last.map(String.init)
            guard let target = target(of: reference) else { return (value, name) }
            value = target
        }
        return (.text(""), name)
    }

    /// `#/components/schemas/Pet`; what is in other documents is not fetched.
    private func target(of reference: String) -> Value? {
        guard reference.hasPrefix("#/") else { return nil }
        var value = root
        for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            let key = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if let next = value[key] ?? value[key.removingPercentEncoding ?? key] {
                value = next
            } else if let index = Int(key), value.list.indices.contains(index) {
                value = value.list[index]
            } else {
                return nil
            }
        }
        return value
    }

    private static func refusal(_ reason: String) -> Refusal {
        Refusal(.invalid, "The file is no OpenAPI document. \(reason)", field: "file")
    }
}

/// One operation of an API, with what can be said of it.
struct Endpoint: Sendable {
    var heading: String
    var text: String
    var line: Int
}

/// A path and what can be done with it.
struct Operation: Sendable {
    var path: String
    var method: String
    /// What holds for all operations of the path.
    var item: Value
    var value: Value
    var line: Int

    var heading: String { "\(method.uppercased()) \(path)" }
}
