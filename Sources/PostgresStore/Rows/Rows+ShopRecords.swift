import Domain

extension Rows: RecordRows {
    private static let columns = "kind, id, account, parent, shelf, label, due_at, version, body"

    func insert(_ record: StoredRecord) throws {
        try run(
            "INSERT INTO shop_records (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            record.kind, record.id, record.account, record.parent, record.shelf, record.label, record.dueAt,
            record.version, record.body)
    }

    func update(_ record: StoredRecord) throws -> Bool {
        let values: [(any Bindable)?] = [
            record.kind, record.id, record.account, record.parent, record.shelf, record.label, record.dueAt,
            record.version, record.body,
        ]
        if isCautious { return try changes(Self.updateStatement, values: values) == 1 }
        // Nearly always it is the version that the change was made from: the account's books are locked.
        try run(
            "WITH changed AS (\(Self.updateStatement) RETURNING id) SELECT 1 / count(*) FROM changed", values: values,
            surprises: [SQLState.divisionByZero: .doubt])
        return true
    }

    private static let updateStatement = """
        UPDATE shop_records SET account = $3, parent = $4, shelf = $5, label = $6, due_at = $7, version = $8, body = $9
        WHERE kind = $1 AND id = $2 AND version = $8::bigint - 1
        """

    func record(of kind: String, id: ID) throws -> StoredRecord? {
        try first(
            "SELECT \(Self.columns) FROM shop_records WHERE kind = $1 AND id = $2", kind, id, read: Self.readRecord)
    }

    func records(of kind: String, _ page: RecordPage) throws -> [StoredRecord] {
        guard let range = page.range else { return [] }
        let (sql, values) = Self.search(kind, page, range)
        return try all(sql, values: values, read: Self.readRecord)
    }

    static func search(
        _ kind: String, _ page: RecordPage, _ range: ClosedRange<ID>
    ) -> (sql: String, values: [(any Bindable)?]) {
        var conditions: [String] = []
        var values: [(any Bindable)?] = []
        func add(_ condition: String, _ value: some Bindable) {
            values.append(value)
            conditions.append(condition.replacing("$", with: "$\(values.count)"))
        }
        add("kind = $", kind)
        if let parent = page.parent { add("parent = $", parent) }
        if let account = page.account { add("account = $", account) }
        if let shelves = page.shelves {
            // On one shelf the index has them in their order.
            if shelves.count == 1 {
                add("shelf = $", shelves[0])
            } else {
                add("shelf = ANY($::text[])", Series(.text, shelves))
            }
        }
        if let labels = page.labels { add("label = ANY($::bytea[])", Series(.bytes, labels)) }
        add("id >= $", range.lowerBound)
        add("id <= $", range.upperBound)
        let sql = """
            SELECT \(columns) FROM shop_records WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id \(page.newestFirst ? "DESC" : "ASC") LIMIT $\(values.count + 1)
            """
        return (sql, values + [max(page.limit, 0)])
    }

    func isAnyDue(kind: String, at now: Timestamp) throws -> Bool {
        try first("SELECT id FROM shop_records WHERE kind = $1 AND due_at <= $2 LIMIT 1", kind, now) {
            try $0.id()
        } != nil
    }

    func takeDue(kind: String, at now: Timestamp, until: Timestamp, limit: Int) throws -> [StoredRecord] {
        try all(Self.takeStatement, kind, now, until, max(limit, 0), read: Self.readRecord)
    }

    static let takeStatement = """
        WITH due AS (
            SELECT id AS name, due_at AS since FROM shop_records WHERE kind = $1 AND due_at <= $2
            ORDER BY due_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE shop_records SET due_at = $3 FROM due WHERE kind = $1 AND id = name RETURNING \(columns), since
        )
        SELECT \(columns) FROM taken ORDER BY since, id
        """

    func removeRecords(of kind: String, on shelf: String, before id: ID, limit: Int) throws -> Int {
        try changes(Self.removeStatement, kind, shelf, id, max(limit, 0))
    }

    static let removeStatement = """
        DELETE FROM shop_records WHERE kind = $1 AND id IN (
            SELECT id FROM shop_records WHERE kind = $1 AND shelf = $2 AND id < $3 LIMIT $4 FOR UPDATE SKIP LOCKED
        )
        """

    private static func readRecord(_ row: inout Columns) throws -> StoredRecord {
        StoredRecord(
            kind: try row.text(), id: try row.id(), account: try row.id(), parent: try row.optional { try $0.id() },
            shelf: try row.text(), label: try row.text(), dueAt: try row.optional { try $0.moment() },
            version: try row.integer(), body: try row.text())
    }
}
