import Domain
import GRDB
import GRDBSQLite

/// A transaction as the domain sees it: the statements of one connection, kept prepared.
struct Rows: Transaction {
    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: (any Bindable)?...) throws -> Int {
        let statement = try Prepared(sql, in: database)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
        return database.changesCount
    }

    /// - Parameter bytes: what texts and blobs may take together; the row that is too much is left out, but not the
    ///   first.
    func all<Row>(
        _ sql: String, _ values: (any Bindable)?..., bytes: Int = .max, read: (inout Columns) throws -> Row
    ) throws -> [Row] {
        try all(sql, values: values, bytes: bytes, read: read)
    }

    func first<Row>(
        _ sql: String, _ values: (any Bindable)?..., read: (inout Columns) throws -> Row
    ) throws -> Row? {
        try all(sql, values: values, bytes: 0, read: read).first
    }

    func all<Row>(
        _ sql: String, values: [(any Bindable)?], bytes: Int, read: (inout Columns) throws -> Row
    ) throws -> [Row] {
        let statement = try Prepared(sql, in: database)
        defer { statement.reset() }
        try statement.bind(values)
        var rows: [Row] = []
        var room = bytes
        while try statement.step() {
            var columns = Columns(statement.pointer)
            do {
                let row = try read(&columns)
                room -= columns.bytes
                guard room >= 0 || rows.isEmpty else { break }
                rows.append(row)
            } catch {
                throw Refusal(.unsupported, "This version cannot read a stored \(Row.self).")
            }
        }
        return rows
    }
}

extension Rows {
    var isOpen: Bool { database.sqliteConnection != nil }
    var isInTransaction: Bool { isOpen && database.isInsideTransaction }

    /// Rows changed since the connection was opened.
    var changeCount: Int { isOpen ? database.totalChangesCount : 0 }

    func begin() throws {
        undo()
        try run("BEGIN IMMEDIATE")
    }

    /// Leaves whatever transaction is open.
    func undo() {
        if isInTransaction { _ = try? run("ROLLBACK") }
    }

    /// Reads within one snapshot, begun by the first row read. A write in it fails.
    func view<Answer>(_ work: (any Transaction) throws -> Answer) throws -> Answer {
        do {
            undo()
            try run("BEGIN")
            defer { undo() }
            return try database.readOnly { try work(self) }
        } catch {
            throw StorageFault.refusal(reading: error)
        }
    }
}
