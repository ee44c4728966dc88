import GRDB
import GRDBSQLite

/// A statement that its connection keeps compiled, bound and stepped through SQLite's own interface.
struct Prepared {
    private let statement: Statement

    init(_ sql: String, in database: Database) throws {
        guard database.sqliteConnection != nil else { throw StorageFault.closed }
        statement = try database.cachedStatement(sql: sql)
    }

    var pointer: OpaquePointer { statement.sqliteStatement }

    func bind(_ values: [(any Bindable)?]) throws {
        var place: Int32 = 1
        for value in values {
            if let value { try check(value.bind(to: pointer, at: place)) }
            place += 1
        }
    }

    /// - Returns: whether there is a row to read.
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let code: throw error(code)
        }
    }

    /// Makes it ready for its next use, and lets go of the values.
    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer)))
        let sql = String(statement.sql.prefix(200))
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }
}
