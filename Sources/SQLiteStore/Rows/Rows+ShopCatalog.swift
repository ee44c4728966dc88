import Domain

extension Rows: CatalogRows {
    func put(_ item: CatalogItem) throws {
        try run(
            """
            INSERT INTO catalog_items (id, place, body)
            VALUES (?, (SELECT coalesce(max(place), 0) + 1 FROM catalog_items), ?)
            ON CONFLICT (id) DO UPDATE SET body = excluded.body
            """,
            item.id, item.storedJSON())
    }

    func catalogItems() throws -> [CatalogItem] {
        try all("SELECT body FROM catalog_items ORDER BY place, id") { try $0.json() }
    }
}

extension Rows: SimulationRows {
    /// Who writes is alone.
    func simulated(_ name: String, lockingIt: Bool) throws -> SimulatedRow? {
        try first("SELECT name, body FROM simulated_things WHERE name = ?", name, read: Self.readSimulated)
    }

    func put(_ row: SimulatedRow) throws {
        try run(
            """
            INSERT INTO simulated_things (name, body) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET body = excluded.body
            """,
            row.name, row.body)
    }

    func removeSimulated(_ name: String) throws {
        try run("DELETE FROM simulated_things WHERE name = ?", name)
    }

    /// Those that begin alike stand together, from the beginning itself on.
    func simulated(beginning prefix: String, after name: String, limit: Int) throws -> [SimulatedRow] {
        let (side, start) = name.utf8.lexicographicallyPrecedes(prefix.utf8) ? (">=", prefix) : (">", name)
        let rows = try all(
            "SELECT name, body FROM simulated_things WHERE name \(side) ? ORDER BY name LIMIT ?", start,
            max(limit, 0), read: Self.readSimulated)
        return Array(rows.prefix { $0.name.utf8.starts(with: prefix.utf8) })
    }

    private static func readSimulated(_ row: inout Columns) throws -> SimulatedRow {
        SimulatedRow(name: try row.text(), body: try row.text())
    }
}
