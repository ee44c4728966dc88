import Domain
import GRDBSQLite

extension Rows: TableRows {
    /// What holds only for this one store.
    private static let own: Set<String> = ["leases", "master_key"]
    /// What is made of other tables: the index of passages, and where it keeps itself.
    private static let derived = "passage_index"

    func tables() throws -> [StoredTable] {
        // In the order in which they were made.
        let names = try all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY rowid"
        ) { try $0.text() }
        return try names.filter { !Self.own.contains($0) && !$0.hasPrefix(Self.derived) }.map(table)
    }

    private func table(named name: String) throws -> StoredTable {
        let columns = try all("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", name) { row in
            (column: StoredTable.Column(name: try row.text(), type: try row.text()), place: try row.integer())
        }
        let key = columns.filter { $0.place > 0 }.sorted { $0.place < $1.place }
        return StoredTable(name: name, columns: columns.map(\.column), key: key.map(\.column.name))
    }

    func rows(
        of table: StoredTable, after key: [StoredValue]?, limit: Int, bytes: Int
    ) throws -> [[StoredValue]] {
        let columns = table.columns.map { Self.quoted($0.name) }.joined(separator: ", ")
        let names = table.key.map(Self.quoted).joined(separator: ", ")
        let places = table.key.map { _ in "?" }.joined(separator: ", ")
        let condition = key == nil ? "" : "WHERE (\(names)) > (\(places))"
        let sql = "SELECT \(columns) FROM \(Self.quoted(table.name)) \(condition) ORDER BY \(names) LIMIT ?"
        let values = try Self.values(key ?? [], of: table) + [max(limit, 0)]
        return try all(sql, values: values, bytes: bytes) { row in
            var values: [StoredValue] = []
            for _ in table.columns { values.append(row.value()) }
            return values
        }
    }

    private static func values(_ key: [StoredValue], of table: StoredTable) throws -> [(any Bindable)?] {
        try zip(table.key, key).map { name, value in
            switch value {
            case .null: nil
            case .integer(let number): number
            case .real(let number): number
            case .bytes(let bytes):
                // Every text comes before every blob.
                table.columns.contains { $0.name == name && $0.type == "TEXT" } ? Letters(bytes: bytes) : bytes
            }
        }
    }

    func numbersGiven() throws -> [String: Int64] {
        let counters = try all("SELECT name, seq FROM sqlite_sequence") { (try $0.text(), try $0.integer()) }
        return Dictionary(counters) { first, _ in first }
    }

    private static func quoted(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

/// The UTF-8 of a text, as it is.
private struct Letters: Bindable {
    let bytes: [UInt8]

    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        if bytes.isEmpty { return sqlite3_bind_text(statement, place, "", 0, copied) }
        return bytes.withUnsafeBytes { bytes in
            sqlite3_bind_text64(
                statement, place, bytes.bindMemory(to: CChar.self).baseAddress, UInt64(bytes.count), copied,
                UInt8(SQLITE_UTF8))
        }
    }
}
