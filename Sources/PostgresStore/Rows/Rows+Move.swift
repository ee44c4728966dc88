import Domain

extension Move {
    /// The table that holds the marks; while it is there, servers keep out.
    static let tableName = "unfinished_move"
}

extension Rows: MoveRows {
    func lock(_ tables: [StoredTable]) throws {
        try run("LOCK TABLE \(Self.list(tables)), leases IN ACCESS EXCLUSIVE MODE")
    }

    func isEmpty(_ table: StoredTable) throws -> Bool {
        try first("SELECT 1 FROM \(Self.quoted(table.name)) LIMIT 1") { try $0.integer() } == nil
    }

    func liveLeases() throws -> Int {
        try first("SELECT count(*) FROM leases WHERE until > clock_timestamp()") { try $0.count() } ?? 0
    }

    func unfinishedMove() throws -> Move.Unfinished? {
        guard try hasMarks() else { return nil }
        let marks = try all("SELECT origin, table_name, rows, sum FROM \(Move.tableName)") { row in
            (
                origin: try row.id(), table: try row.text(),
                mark: Move.Mark(rows: try row.integer(), sum: try row.blob())
            )
        }
        return marks.first.map { first in
            Move.Unfinished(
                origin: first.origin,
                marks: Dictionary(marks.map { ($0.table, $0.mark) }) { first, _ in first })
        }
    }

    private func hasMarks() throws -> Bool {
        try first(
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1", Move.tableName
        ) { try $0.integer() } != nil
    }

    func beginMove(of origin: ID, into tables: [StoredTable]) throws {
        if try hasMarks() { try run("DROP TABLE \(Move.tableName)") }
        try run(
            """
            CREATE TABLE \(Move.tableName) (
                table_name text PRIMARY KEY, origin uuid NOT NULL, rows bigint NOT NULL, sum bytea NOT NULL
            )
            """)
        try run(
            "INSERT INTO \(Move.tableName) SELECT name, $2::uuid, 0, ''::bytea FROM unnest($1::text[]) AS name",
            Series(.text, tables.map(\.name)), origin)
        try run("TRUNCATE \(Self.list(tables))")
    }

    func put(
        _ rows: [[StoredValue]], into table: StoredTable, from mark: Move.Mark, to next: Move.Mark
    ) throws -> Bool {
        let names = table.columns.map { Self.quoted($0.name) }.joined(separator: ", ")
        let series = table.columns.enumerated().map { "$\($0 + 1)::\($1.type)[]" }.joined(separator: ", ")
        let values = try table.columns.enumerated().map { place, column in
            let type = try column.number
            return Series(type, nullable: try rows.map { try Cell($0[place], as: type) })
        }
        try run(
            """
            INSERT INTO \(Self.quoted(table.name)) (\(names)) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(\(series))
            """,
            values: values)
        return try changes(
            "UPDATE \(Move.tableName) SET rows = $2, sum = $3 WHERE table_name = $1 AND rows = $4 AND sum = $5",
            table.name, next.rows, next.sum, mark.rows, mark.sum) == 1
    }

    func endMove(numbersGiven: [String: Int64]) throws {
        for counter in try counters() {
            try run(
                """
                SELECT setval($1::text::regclass, largest) FROM (
                    SELECT greatest(
                        $2::bigint, max(\(Self.quoted(counter.column))), pg_sequence_last_value($1::text::regclass)
                    ) AS largest FROM \(Self.quoted(counter.table))
                ) AS given WHERE largest > 0
                """,
                counter.name, numbersGiven[counter.table] ?? 0)
        }
        try indexPassages()
        try run("DROP TABLE \(Move.tableName)")
    }

    private func indexPassages() throws {
        // As long as it takes: what was moved is of no use without it.
        try run("SET LOCAL statement_timeout = 0")
        try run("TRUNCATE passage_terms")
        try run(
            """
            INSERT INTO passage_terms (source, term, passage, count, length)
            SELECT source, term, number, count(*), length
            FROM passages CROSS JOIN unnest(string_to_array(terms, ' ')) AS term
            WHERE is_indexed GROUP BY source, number, length, term
            """)
    }

    private static func list(_ tables: [StoredTable]) -> String {
        tables.map { quoted($0.name) }.joined(separator: ", ")
    }
}
