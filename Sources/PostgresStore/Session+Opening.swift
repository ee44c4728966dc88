import CPostgres
import Domain

extension Session {
    /// Connects, and sets the session up in one round trip.
    static func open(
        _ address: Address, _ role: Role, count: StatementCount, onNotice: @escaping @Sendable (String) -> Void
    ) throws -> Session {
        let connection = try Connection(address, onNotice: onNotice)
        try connection.script(connection.settings(for: role))
        return try Session(connection, role, count: count)
    }
}

extension Connection {
    /// Time limits unless the address has its own (`options=-c statement_timeout=…`), and what the store stands on.
    func settings(for role: Session.Role) -> String {
        let own = Self.options(of: pointer)
        let limits = Self.limits.filter { !own.contains($0.name) }
        let ground = [
            ("timezone", "UTC"), ("standard_conforming_strings", "on"),
            ("default_transaction_isolation", role == .reading ? "repeatable read" : "read committed"),
            ("default_transaction_read_only", role == .reading ? "on" : "off"),
        ]
        return (limits + ground).map { "SET \($0.0) = '\($0.1)'" }.joined(separator: ";")
    }

    /// A server that freezes in the middle of a transaction must not keep its locks, nor one whose machine is gone.
    private static let limits: [(name: String, value: String)] = [
        ("statement_timeout", "30s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "3s"),
        ("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"),
    ]

    /// The `options` that count for a connection, wherever they were said.
    private static func options(of pointer: OpaquePointer) -> String {
        guard let first = PQconninfo(pointer) else { return "" }
        defer { PQconninfoFree(first) }
        var option = first
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "options" { return option.pointee.val.map { String(cString: $0) } ?? "" }
            option += 1
        }
        return ""
    }

    /// Oldest release that is tested against the protocol's pipelines.
    static let oldestVersion: Int32 = 140_000

    /// - Throws: `unsupported` for a server or a database that cannot hold the store.
    func mustBeFit() throws {
        guard PQserverVersion(pointer) >= Self.oldestVersion else {
            throw Refusal(
                .unsupported, "The store needs PostgreSQL 14 or newer; this is \(parameter("server_version")).")
        }
        guard parameter("server_encoding") == "UTF8" else {
            throw Refusal(
                .unsupported,
                "The store needs a database with the encoding UTF8; this one has \(parameter("server_encoding")).")
        }
    }
}
