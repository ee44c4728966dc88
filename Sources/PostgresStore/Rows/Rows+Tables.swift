import Domain

extension Rows: TableRows {
    /// What holds only for this one store, how its tables came to be, and what is made of other tables.
    private static let own = ["leases", "master_key", "rialto_migrations", "passage_terms", Move.tableName]

    func tables() throws -> [StoredTable] {
        // In the order in which they were made.
        let columns = try all(
            """
            SELECT relname::text, attname::text, format_type(atttypid, NULL),
                array_position(indkey::int2[], attnum)::bigint
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> ALL($1::text[])
            ORDER BY pg_class.oid, attnum
            """,
            Series(.text, Self.own)
        ) { row in
            TableColumn(
                table: try row.text(), column: .init(name: try row.text(), type: try row.text()),
                place: try row.optional { try $0.integer() })
        }
        return columns.indices.filter { $0 == 0 || columns[$0 - 1].table != columns[$0].table }.map { start in
            let own = columns[start...].prefix { $0.table == columns[start].table }
            let key = own.filter { $0.place != nil }.sorted { ($0.place ?? 0) < ($1.place ?? 0) }
            return StoredTable(
                name: columns[start].table, columns: own.map(\.column), key: key.map(\.column.name))
        }
    }

    /// A column, and its place in the key.
    private struct TableColumn {
        var table: String
        var column: StoredTable.Column
        var place: Int64?
    }

    /// What is too much is not even sent: the server adds up the bytes, which it knows without reading them.
    func rows(
        of table: StoredTable, after key: [StoredValue]?, limit: Int, bytes: Int
    ) throws -> [[StoredValue]] {
        let columns = table.columns.map { Self.quoted($0.name) }.joined(separator: ", ")
        let order = try table.key.map { try Self.inOrderOfBytes($0, of: table) }.joined(separator: ", ")
        let places = table.key.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
        let sizes = table.columns.filter { ["text", "bytea"].contains($0.type) }
            .map { "coalesce(octet_length(\(Self.quoted($0.name))), 0)" }
        let sql = """
            SELECT \(columns) FROM (
                SELECT *, row_number() OVER (ORDER BY \(order)) AS "its number",
                    sum(\((sizes + ["0"]).joined(separator: " + "))) OVER (ORDER BY \(order)) AS "its total"
                FROM (
                    SELECT \(columns) FROM \(Self.quoted(table.name))
                    \(key == nil ? "" : "WHERE (\(order)) > (\(places))") ORDER BY \(order) LIMIT $1
                ) AS page
            ) AS page WHERE "its number" = 1 OR "its total" <= $2 ORDER BY \(order)
            """
        let after = try zip(table.key, key ?? []).map { try Cell($1, as: table.type(of: $0)) }
        return try all(sql, values: [max(limit, 0), bytes] + after.map { $0 }) { row in
            try table.columns.map { _ in try row.value() }
        }
    }

    private static func inOrderOfBytes(_ name: String, of table: StoredTable) throws -> String {
        try table.type(of: name) == .text ? "\(quoted(name)) COLLATE \"C\"" : quoted(name)
    }

    /// The largest is the last: what is deleted is not given again.
    func numbersGiven() throws -> [String: Int64] {
        var given: [String: Int64] = [:]
        for counter in try counters() {
            let last = try first("SELECT pg_sequence_last_value($1::text::regclass)", counter.name) { row in
                try row.optional { try $0.integer() }
            }
            given[counter.table] = last ?? nil
        }
        return given
    }

    /// What gives the rows of a table their numbers.
    struct Counter {
        var table: String
        var column: String
        /// As SQL has it.
        var name: String
    }

    func counters() throws -> [Counter] {
        try all(
            """
            SELECT relname::text, attname::text, pg_get_serial_sequence(pg_class.oid::regclass::text, attname::text)
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attidentity <> ''
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY pg_class.oid
            """
        ) { row in Counter(table: try row.text(), column: try row.text(), name: try row.text()) }
    }

    static func quoted(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}
