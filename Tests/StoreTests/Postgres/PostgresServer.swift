import Domain
import Foundation
import Testing

@testable import PostgresStore

/// The PostgreSQL server that `bin/test` starts, and throws away.
enum PostgresServer {
    /// There is none.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "These tests need a PostgreSQL server. bin/test starts one; so does bin/.postgres COMMAND; "
                + "or RIALTO_TEST_POSTGRES names one of yours."
        }
    }

    static var url: String {
        get throws {
            guard let url = ProcessInfo.processInfo.environment["RIALTO_TEST_POSTGRES"], !url.isEmpty else {
                throw Missing()
            }
            return url
        }
    }

    /// Runs SQL in the server's own database, or in a test's schema.
    /// - Returns: the only value of the last statement, if there is one.
    @discardableResult
    static func run(_ sql: String, at url: String? = nil) async throws -> String {
        let url = try url ?? Self.url
        return try await Blocking.run {
            let connection = try Connection(Address(url)) { _ in }
            return try connection.script(sql).only
        }
    }
}

/// A schema of its own for one test.
struct TestSchema: Sendable {
    let name: String
    let url: String

    /// - Parameter server: another way to the server.
    init(at server: String? = nil) async throws {
        name = "test_" + UUID().uuidString.replacing("-", with: "").lowercased()
        // What waits on purpose must not be ended because this machine is slow.
        let options = ["search_path%3D\(name)", "lock_timeout%3D60s", "idle_in_transaction_session_timeout%3D60s"]
        url = try Self.address(
            "application_name=\(name)&options=" + options.map { "-c\($0)" }.joined(separator: "%20"), at: server)
        try await PostgresServer.run("CREATE SCHEMA \(name)")
    }

    /// The server's address with more parameters.
    static func address(_ parameters: String, at server: String? = nil) throws -> String {
        let server = try server ?? PostgresServer.url
        return server + (server.contains("?") ? "&" : "?") + parameters
    }

    func drop() async {
        _ = try? await PostgresServer.run("SET client_min_messages = error; DROP SCHEMA \(name) CASCADE")
    }

    /// Opens a store here, hands it over, and clears up.
    static func with(
        at server: String? = nil, connections: Int = 8, patienceSeconds: Double = 5,
        _ body: (PostgresStore, TestSchema) async throws -> Void
    ) async throws {
        let schema = try await TestSchema(at: server)
        do {
            let store = try await PostgresStore(
                url: schema.url, connections: connections, patienceSeconds: patienceSeconds)
            try await body(store, schema)
            try await Blocking.run { try store.close() }
        } catch {
            await schema.drop()
            throw error
        }
        await schema.drop()
    }
}
