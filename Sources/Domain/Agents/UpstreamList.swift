import Foundation

/// Adds and removes the upstreams kept in the store.
package struct UpstreamList: Sendable {
    private let store: any Store
    private let configured: [UpstreamSettings]

    package init(store: any Store, configured: [UpstreamSettings]) {
        self.store = store
        self.configured = configured
    }

    /// - Throws: `invalid` for a name or URL that cannot be, `conflict` for a name of the config file or in use.
    package func add(_ upstream: UpstreamSettings) async throws -> UpstreamSettings {
        try Self.check(upstream)
        let configured = configured
        return try await store.write { rows in
            guard !configured.contains(where: { $0.name == upstream.name }) else {
                throw Refusal(
                    .conflict, "The config file already names an upstream “\(upstream.name)”.", field: "name")
            }
            guard try !rows.upstreams().contains(where: { $0.name == upstream.name }) else {
                throw Refusal(.conflict, "There already is an upstream “\(upstream.name)”.", field: "name")
            }
            try rows.put(upstream)
            try rows.raiseRevision()
            return upstream
        }
    }

    /// - Throws: `conflict` while an agent uses it.
    package func remove(named name: String) async throws {
        try await store.write { rows in
            guard try rows.upstreams().contains(where: { $0.name == name }) else {
                throw Refusal(.notFound, "There is no upstream “\(name)” in the store.", field: "name")
            }
            let user = try rows.agents().first { agent in
                agent.source.upstream == name || agent.fallback.contains { $0.upstream == name }
            }
            if let user { throw Refusal(.conflict, "The agent “\(user.code)” uses this upstream.", field: "name") }
            try rows.removeUpstream(named: name)
            try rows.raiseRevision()
        }
    }

    /// Those of the config file first.
    package func list() async throws -> [(upstream: UpstreamSettings, isConfigured: Bool)] {
        let stored = try await store.read { try $0.upstreams() }
        return configured.map { ($0, true) }
            + stored.filter { row in !configured.contains { $0.name == row.name } }.map { ($0, false) }
    }

    package static func check(_ upstream: UpstreamSettings) throws(Refusal) {
        guard upstream.name != UpstreamSettings.guideName else {
            throw .invalid("name", "“guide” is the built-in guide; choose another name.")
        }
        let name = Array(upstream.name.utf8)
        guard !name.isEmpty, name.count <= 64, name.allSatisfy({ (33...126).contains($0) && $0 != 61 }) else {
            throw .invalid("name", "An upstream's name is 1 to 64 visible ASCII characters without “=”.")
        }
        if let variable = upstream.keyVariable, variable.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
            throw .invalid(
                "key-env", "The key's place is the name of an environment variable; the key is never stored.")
        }
        guard let url = URL(string: upstream.url), ["http", "https"].contains(url.scheme ?? ""),
            url.host()?.isEmpty == false, url.user() == nil, url.query() == nil
        else {
            throw .invalid(
                "url",
                "An upstream's URL is http(s)://host[:port]/path, without credentials or a query; "
                    + "“\(upstream.url)” is not.")
        }
    }
}
