import Domain

extension Rows: RecordRows {
    private static let columns = "kind, id, account, parent, shelf, label, due_at, version, body"

    func insert(_ record: StoredRecord) throws {
        try run(
            "INSERT INTO shop_records (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", record.kind, record.id,
            record.account, record.parent, record.shelf, record.label, record.dueAt, record.version, record.body)
    }

    func update(_ record: StoredRecord) throws -> Bool {
        try run(
            """
            UPDATE shop_records SET account = ?, parent = ?, shelf = ?, label = ?, due_at = ?, version = ?, body = ?
            WHERE kind = ? AND id = ? AND version = ?
            """,
            record.account, record.parent, record.shelf, record.label, record.dueAt, record.version, record.body,
            record.kind, record.id, record.version - 1) == 1
    }

    func record(of kind: String, id: ID) throws -> StoredRecord? {
        try first(
            "SELECT \(Self.columns) FROM shop_records WHERE kind = ? AND id = ?", kind, id, read: Self.readRecord)
    }

    func records(of kind: String, _ page: RecordPage) throws -> [StoredRecord] {
        guard let range = page.range else { return [] }
        let (sql, values) = Self.search(kind, page, range)
        return try all(sql, values: values, bytes: .max, read: Self.readRecord)
    }

    static func search(
        _ kind: String, _ page: RecordPage, _ range: ClosedRange<ID>
    ) -> (sql: String, values: [any Bindable]) {
        var conditions = ["kind = ?"]
        var values: [any Bindable] = [kind]
        func add(_ column: String, _ choice: Choice) {
            conditions.append("\(column) IN \(choice.places)")
            values += choice.values
        }
        if let parent = page.parent { add("parent", Choice([parent])) }
        if let account = page.account { add("account", Choice([account])) }
        if let shelves = page.shelves { add("shelf", Choice(shelves)) }
        if let labels = page.labels { add("label", Choice(labels)) }
        values += [range.lowerBound, range.upperBound, max(page.limit, 0)] as [any Bindable]
        let condition = conditions.joined(separator: " AND ")
        let order = "ORDER BY id \(page.newestFirst ? "DESC" : "ASC")"
        guard page.shelves != nil, page.parent == nil else {
            let sql = """
                SELECT \(columns) FROM shop_records WHERE \(condition) AND id >= ? AND id <= ? \(order) LIMIT ?
                """
            return (sql, values)
        }
        // Left alone, it reads everything that is not on these shelves.
        let sql = """
            SELECT \(columns) FROM shop_records WHERE kind = ? AND id IN (
                SELECT id FROM shop_records INDEXED BY shop_records_by_shelf
                WHERE \(condition) AND id >= ? AND id <= ? \(order) LIMIT ?
            ) \(order)
            """
        return (sql, [kind] + values)
    }

    func isAnyDue(kind: String, at now: Timestamp) throws -> Bool {
        try first("SELECT id FROM shop_records WHERE kind = ? AND due_at <= ? LIMIT 1", kind, now) {
            try $0.id()
        } != nil
    }

    func takeDue(kind: String, at now: Timestamp, until: Timestamp, limit: Int) throws -> [StoredRecord] {
        var due = try all(Self.dueStatement, kind, now, max(limit, 0), read: Self.readRecord)
        for place in due.indices {
            due[place].dueAt = until
            try run("UPDATE shop_records SET due_at = ? WHERE kind = ? AND id = ?", until, kind, due[place].id)
        }
        return due
    }

    static let dueStatement = """
        SELECT \(columns) FROM shop_records WHERE kind = ? AND due_at <= ? ORDER BY due_at LIMIT ?
        """

    func removeRecords(of kind: String, on shelf: String, before id: ID, limit: Int) throws -> Int {
        try run(Self.removeStatement, kind, kind, shelf, id, max(limit, 0))
    }

    static let removeStatement = """
        DELETE FROM shop_records WHERE kind = ? AND id IN (
            SELECT id FROM shop_records INDEXED BY shop_records_by_shelf
            WHERE kind = ? AND shelf = ? AND id < ? LIMIT ?
        )
        """

    private static func readRecord(_ row: inout Columns) throws -> StoredRecord {
        StoredRecord(
            kind: try row.text(), id: try row.id(), account: try row.id(), parent: try row.optional { try $0.id() },
            shelf: try row.text(), label: try row.text(), dueAt: try row.optional { try $0.moment() },
            version: try row.integer(), body: try row.text())
    }
}
