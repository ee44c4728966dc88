import Domain

extension Rows: PassageRows {
    private static let columns = "number, source, document, place, heading, text, line"

    func insert(_ passages: [Passage]) throws {
        for passage in passages {
            try run(
                """
                INSERT INTO passages (source, document, place, line, length, is_indexed, heading, text, terms)
                VALUES (?, ?, ?, ?, 0, 0, ?, ?, '')
                """,
                passage.source, passage.document, passage.place, passage.line, passage.heading, passage.text)
        }
    }

    func passages(of document: ID, from place: Int, limit: Int) throws -> [Passage] {
        try all(
            "SELECT \(Self.columns) FROM passages WHERE document = ? AND place >= ? ORDER BY place LIMIT ?",
            document, place, max(limit, 0), read: Self.readPassage)
    }

    func passages(of source: ID, offset: Int, limit: Int) throws -> (rows: [Passage], total: Int) {
        let total = try first("SELECT count(*) FROM passages WHERE source = ?", source) { try $0.count() } ?? 0
        let rows = try all(
            "SELECT \(Self.columns) FROM passages WHERE source = ? ORDER BY number LIMIT ? OFFSET ?",
            source, max(limit, 0), max(offset, 0), read: Self.readPassage)
        return (rows, total)
    }

    func passages(numbered numbers: [Int64]) throws -> [Passage] {
        try all(
            "SELECT \(Self.columns) FROM passages WHERE number IN (SELECT value FROM json_each(?))",
            numbers.storedJSON(),
            read: Self.readPassage)
    }

    func removePassages(of document: ID, limit: Int) throws -> Int {
        let numbers = try all(
            "SELECT number FROM passages WHERE document = ? ORDER BY number LIMIT ?", document, max(limit, 0)
        ) { try $0.integer() }
        try removePassages(numbers)
        return numbers.count
    }

    func removePassage(_ name: PassageName) throws -> Bool {
        let number = try first(
            "SELECT number FROM passages WHERE document = ? AND place = ?", name.document, name.place
        ) { try $0.integer() }
        guard let number else { return false }
        try removePassages([number])
        return true
    }

    private func removePassages(_ numbers: [Int64]) throws {
        guard !numbers.isEmpty else { return }
        let list = try numbers.storedJSON()
        let chosen = "number IN (SELECT value FROM json_each(?1))"
        // The index keeps no copy: it has to be told what it is to forget.
        try run(
            """
            INSERT INTO passage_index (passage_index, rowid, source_key, terms)
            SELECT 'delete', number, source_key, terms FROM passages WHERE \(chosen) AND is_indexed = 1
            """,
            list)
        try run(
            """
            UPDATE sources SET removals = removals + 1,
                passages = passages - (SELECT count(*) FROM passages WHERE \(chosen) AND is_indexed = 1),
                terms = terms - (SELECT coalesce(sum(length), 0) FROM passages WHERE \(chosen) AND is_indexed = 1)
            WHERE id = (SELECT source FROM passages WHERE number = ?2)
            """,
            list, numbers[0])
        try run("DELETE FROM passage_vectors WHERE passage IN (SELECT value FROM json_each(?))", list)
        try run("DELETE FROM passages WHERE \(chosen)", list)
    }

    private static func readPassage(_ row: inout Columns) throws -> Passage {
        let (number, source, document) = (try row.integer(), try row.id(), try row.id())
        let (place, heading, text) = (try row.count(), try row.text(), try row.text())
        var passage = Passage(
            source: source, document: document, place: place,
            cutting: Cutting(heading: heading, text: text, line: try row.count()))
        passage.number = number
        return passage
    }
}

extension Rows: PassageIndexRows {
    func index(_ passages: [(number: Int64, terms: [String])], of source: ID) throws {
        var (added, length) = (0, 0)
        for (number, terms) in passages {
            let isNew = try run(
                "UPDATE passages SET terms = ?, length = ?, is_indexed = 1 WHERE number = ? AND is_indexed = 0",
                terms.joined(separator: " "), terms.count, number)
            guard isNew == 1 else { continue }
            added += 1
            length += terms.count
            try run(
                """
                INSERT INTO passage_index (rowid, source_key, terms)
                SELECT number, source_key, terms FROM passages WHERE number = ?
                """,
                number)
        }
        try run(
            "UPDATE sources SET passages = passages + ?, terms = terms + ? WHERE id = ?", added, length, source)
    }

    /// FTS5's own ranking, in which sources only choose.
    func rank(_ terms: [String], in sources: [ID], limit: Int) throws -> [RankedPassage] {
        guard !terms.isEmpty, !sources.isEmpty else { return [] }
        let keys = sources.map { "\"\($0.hex)\"" }.joined(separator: " OR ")
        let words = terms.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " OR ")
        return try all(
            """
            SELECT rowid, -rank FROM passage_index
            WHERE passage_index MATCH ? AND rank MATCH 'bm25(0.0, 1.0)' ORDER BY rank LIMIT ?
            """,
            "{source_key} : (\(keys)) AND {terms} : (\(words))", max(limit, 0)
        ) { RankedPassage(passage: try $0.integer(), score: try $0.real()) }
    }

    func insert(_ vectors: [(passage: Int64, bytes: [UInt8])], by model: String, of source: ID) throws {
        for (passage, bytes) in vectors {
            try run(
                "INSERT OR IGNORE INTO passage_vectors (source, passage, model, vector) VALUES (?, ?, ?, ?)", source,
                passage,
                model, bytes)
        }
    }

    func vectors(of source: ID, by model: String, after number: Int64, limit: Int) throws -> [StoredVector] {
        try all(
            """
            SELECT number, passage, vector FROM passage_vectors WHERE source = ? AND model = ? AND number > ?
            ORDER BY number LIMIT ?
            """,
            source, model, number, max(limit, 0)
        ) { StoredVector(number: try $0.integer(), passage: try $0.integer(), bytes: try $0.blob()) }
    }
}

extension ID {
    /// 32 digits, as SQLite's `hex` has them in lower case.
    fileprivate var hex: String { uuid.replacing("-", with: "") }
}
