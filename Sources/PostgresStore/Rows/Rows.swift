import Domain

/// A transaction as the domain sees it: the statements of one session.
struct Rows: Transaction {
    let session: Session
    /// Whether to look before answering. Otherwise the likely answer is given on trust, and a statement goes with the
    /// others that fails if it was wrong; then the work is done again, cautiously.
    let isCautious: Bool

    /// Runs a statement whose answer is not needed: with the others that wait, at the end at the latest.
    /// - Parameter surprises: what to make of errors, by their state.
    func run(_ sql: String, _ values: (any Bindable)?..., surprises: [String: Surprise] = [:]) throws {
        try run(sql, values: values, surprises: surprises)
    }

    func run(_ sql: String, values: [(any Bindable)?], surprises: [String: Surprise] = [:]) throws {
        var statement = Statement(sql, values)
        statement.surprises = surprises
        try session.add(statement)
    }

    /// - Returns: how many rows it changed.
    func changes(_ sql: String, _ values: (any Bindable)?...) throws -> Int {
        try changes(sql, values: values)
    }

    func changes(_ sql: String, values: [(any Bindable)?]) throws -> Int {
        try session.answer(to: Statement(sql, values)).changes
    }

    func all<Row>(
        _ sql: String, _ values: (any Bindable)?..., read: (inout Columns) throws -> Row
    ) throws -> [Row] {
        try all(sql, values: values, read: read)
    }

    func all<Row>(
        _ sql: String, values: [(any Bindable)?], read: (inout Columns) throws -> Row
    ) throws -> [Row] {
        try rows(of: session.answer(to: Statement(sql, values)), read)
    }

    func first<Row>(
        _ sql: String, _ values: (any Bindable)?..., read: (inout Columns) throws -> Row
    ) throws -> Row? {
        try rows(of: session.answer(to: Statement(sql, values)), read).first
    }

    private func rows<Row>(of answer: Answer, _ read: (inout Columns) throws -> Row) throws -> [Row] {
        try (0..<answer.rowCount).map { number in
            var columns = answer.columns(number)
            do {
                return try read(&columns)
            } catch {
                throw Refusal(.unsupported, "This version cannot read a stored \(Row.self).")
            }
        }
    }
}
