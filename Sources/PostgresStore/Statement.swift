/// A statement with its values, on its way to the server.
struct Statement: Sendable {
    let sql: String
    /// The values one after the other.
    private(set) var bytes: [UInt8] = []
    /// How many of the bytes each value has; nil for NULL.
    private(set) var lengths: [Int?] = []
    /// What to make of the errors it is known to give, by their state.
    var surprises: [String: Surprise] = [:]

    init(_ sql: String, _ values: [(any Bindable)?] = []) {
        self.sql = sql
        for value in values {
            let start = bytes.count
            value?.write(to: &bytes)
            lengths.append(value == nil ? nil : bytes.count - start)
        }
        // So that the last value has an address too: none would mean NULL.
        bytes.append(0)
    }

    /// Whether it may leave locks behind that others wait for: everything but a SELECT without a locking clause, which
    /// is written at its end, or a lock of its own.
    var holds: Bool {
        sql.contains("pg_advisory") || !sql.hasPrefix("SELECT")
            || ["SHARE", "UPDATE", "LOCKED"].contains { sql.hasSuffix($0) }
    }

    /// Whether the work has been told on trust what this statement will find.
    var isGuess: Bool {
        surprises.values.contains { if case .doubt = $0 { true } else { false } }
    }
}
