import Domain

extension Rows: PassageRows {
    private static let columns = "number, source, document, place, heading, text, line"

    func insert(_ passages: [Passage]) throws {
        try run(
            """
            INSERT INTO passages (source, document, place, line, length, is_indexed, heading, text, terms)
            SELECT source, document, place, line, 0, false, heading, text, ''
            FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
                AS new (source, document, place, line, heading, text)
            """,
            Series(.uuid, passages.map(\.source)), Series(.uuid, passages.map(\.document)),
            Series(.bigint, passages.map(\.place)), Series(.bigint, passages.map(\.line)),
            Series(.text, passages.map(\.heading)), Series(.text, passages.map(\.text)))
    }

    func passages(of document: ID, from place: Int, limit: Int) throws -> [Passage] {
        try all(
            "SELECT \(Self.columns) FROM passages WHERE document = $1 AND place >= $2 ORDER BY place LIMIT $3",
            document, place, max(limit, 0), read: Self.readPassage)
    }

    func passages(of source: ID, offset: Int, limit: Int) throws -> (rows: [Passage], total: Int) {
        let total = try first("SELECT count(*) FROM passages WHERE source = $1", source) { try $0.count() } ?? 0
        let rows = try all(
            "SELECT \(Self.columns) FROM passages WHERE source = $1 ORDER BY number LIMIT $2 OFFSET $3",
            source, max(limit, 0), max(offset, 0), read: Self.readPassage)
        return (rows, total)
    }

    func passages(numbered numbers: [Int64]) throws -> [Passage] {
        try all(
            "SELECT \(Self.columns) FROM passages WHERE number = ANY($1::bigint[])", Series(.bigint, numbers),
            read: Self.readPassage)
    }

    func removePassages(of document: ID, limit: Int) throws -> Int {
        try lockSource(of: document)
        return try changes(
            Self.removal("SELECT * FROM passages WHERE document = $1 ORDER BY number LIMIT $2"), document,
            max(limit, 0))
    }

    func removePassage(_ name: PassageName) throws -> Bool {
        try lockSource(of: name.document)
        return try changes(
            Self.removal("SELECT * FROM passages WHERE document = $1 AND place = $2"), name.document, name.place) > 0
    }

    /// First of all, as `index` does: two who need both it and its passages do not stand in each other's way.
    private func lockSource(of document: ID) throws {
        try run(
            "SELECT 1 FROM sources WHERE id = (SELECT source FROM documents WHERE id = $1) FOR UPDATE", document)
    }

    private static func removal(_ chosen: String) -> String {
        """
        WITH chosen AS (\(chosen) FOR UPDATE), forgotten AS (
            DELETE FROM passage_terms USING chosen CROSS JOIN unnest(string_to_array(chosen.terms, ' ')) AS own (term)
            WHERE passage_terms.source = chosen.source AND passage_terms.term = own.term
                AND passage_terms.passage = chosen.number
        ), unseen AS (
            DELETE FROM passage_vectors USING chosen WHERE passage_vectors.passage = chosen.number
        ), counted AS (
            UPDATE sources SET removals = removals + 1, passages = sources.passages - gone.passages,
                terms = sources.terms - gone.terms
            FROM (
                SELECT source, count(*) FILTER (WHERE is_indexed) AS passages,
                    coalesce(sum(length) FILTER (WHERE is_indexed), 0)::bigint AS terms
                FROM chosen GROUP BY source
            ) AS gone WHERE sources.id = gone.source
        )
        DELETE FROM passages USING chosen WHERE passages.number = chosen.number
        """
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
        // Vectors get their numbers behind it, in the order of the commits.
        try run("SELECT 1 FROM sources WHERE id = $1 FOR UPDATE", source)
        try run(
            """
            WITH done AS (
                UPDATE passages SET terms = new.terms, length = new.length, is_indexed = true
                FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS new (number, terms, length)
                WHERE passages.number = new.number AND NOT passages.is_indexed
                RETURNING passages.number, passages.terms, passages.length
            ), counted AS (
                UPDATE sources SET passages = passages + (SELECT count(*) FROM done),
                    terms = terms + (SELECT coalesce(sum(length), 0)::bigint FROM done)
                WHERE id = $1
            )
            INSERT INTO passage_terms (source, term, passage, count, length)
            SELECT $1, term, number, count(*), length
            FROM done CROSS JOIN unnest(string_to_array(terms, ' ')) AS term GROUP BY number, length, term
            """,
            source, Series(.bigint, passages.map(\.number)),
            Series(.text, passages.map { $0.terms.joined(separator: " ") }),
            Series(.bigint, passages.map(\.terms.count)))
    }

    /// The formula that SQLite's FTS5 has, over the sources searched.
    func rank(_ terms: [String], in sources: [ID], limit: Int) throws -> [RankedPassage] {
        try all(
            """
            WITH totals AS (
                SELECT sum(passages)::float8 AS passages, 0.5::float8 AS half,
                    0.9::float8 / greatest(sum(terms)::float8 / greatest(sum(passages), 1), 1) AS weight
                FROM sources WHERE id = ANY($2::uuid[])
            ), hits AS (
                SELECT passage, count, length, count(*) OVER (PARTITION BY term) AS holders FROM passage_terms
                WHERE source = ANY($2::uuid[]) AND term = ANY($1::text[])
            )
            SELECT passage, sum(
                greatest(ln(greatest(totals.passages - holders + half, half) / (holders + half)), 1e-6::float8)
                    * count * 2.2::float8 / (count + 0.3::float8 + hits.length * totals.weight)
            ) AS score
            FROM hits CROSS JOIN totals GROUP BY passage ORDER BY score DESC, passage LIMIT $3
            """,
            Series(.text, terms), Series(.uuid, sources), max(limit, 0)
        ) { RankedPassage(passage: try $0.integer(), score: try $0.real()) }
    }

    func insert(_ vectors: [(passage: Int64, bytes: [UInt8])], by model: String, of source: ID) throws {
        try run(
            """
            INSERT INTO passage_vectors (source, passage, model, vector)
            SELECT $1, passage, $2, vector FROM unnest($3::bigint[], $4::bytea[]) AS new (passage, vector)
            ON CONFLICT DO NOTHING
            """,
            source, model, Series(.bigint, vectors.map(\.passage)), Series(.bytes, vectors.map(\.bytes)))
    }

    func vectors(of source: ID, by model: String, after number: Int64, limit: Int) throws -> [StoredVector] {
        try all(
            """
            SELECT number, passage, vector FROM passage_vectors WHERE source = $1 AND model = $2 AND number > $3
            ORDER BY number LIMIT $4
            """,
            source, model, number, max(limit, 0)
        ) { StoredVector(number: try $0.integer(), passage: try $0.integer(), bytes: try $0.blob()) }
    }
}
