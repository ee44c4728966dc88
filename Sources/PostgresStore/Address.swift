import CPostgres
import Domain

/// Where the database is: a connection string, and what it leaves unsaid.
struct Address: Sendable {
    /// `postgres://…` or `key=value …`, with everything that libpq takes.
    private let text: String
    /// What must never be repeated to anyone.
    private let secrets: [String]

    /// - Throws: `invalid` for what is no connection string, in words that repeat nothing of it.
    init(_ text: String) throws(Refusal) {
        guard let options = Self.options(of: text) else { throw Self.unreadable }
        // A "/" in a password that is not written as %2F would make the rest of it a port and a name.
        let places = ["host", "port", "dbname"].compactMap { options[$0]?.value }
        guard !places.contains(where: { $0.contains("@") }) else { throw Self.unreadable }
        self.text = text
        secrets = options.values.filter { $0.isSecret && $0.value.count > 2 }.map(\.value)
    }

    private static let unreadable = Refusal(
        .invalid,
        "The store's address is no PostgreSQL connection string. One looks like postgres://user:password@host/name; "
            + "in a password, / is written %2F, @ is %40, : is %3A and % is %25.", field: "store")

    /// For libpq: a later value stands before an earlier one of its name.
    var parameters: [(name: String, value: String)] {
        Self.defaults + [("dbname", text), ("client_encoding", "UTF8")]
    }

    /// A cut cable is noticed within seconds, and a server that cannot be written to is passed over.
    private static let defaults = [
        ("fallback_application_name", "rialto"), ("connect_timeout", "5"), ("tcp_user_timeout", "5000"),
        ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("target_session_attrs", "read-write"),
    ]

    /// A message of libpq on one line, without what must not be in it.
    func discreet(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return secrets.reduce(line) { $0.replacing($1, with: "[hidden]") }
    }

    private static func options(of text: String) -> [String: (value: String, isSecret: Bool)]? {
        guard let first = PQconninfoParse(text, nil) else { return nil }
        defer { PQconninfoFree(first) }
        var options: [String: (value: String, isSecret: Bool)] = [:]
        var option = first
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                let isSecret = option.pointee.dispchar.map { String(cString: $0) } == "*"
                options[String(cString: keyword)] = (String(cString: value), isSecret)
            }
            option += 1
        }
        return options
    }
}
