import Domain

extension Rows: SourceRows {
    private static let columns = "id, account, slug, name, about, kind, visibility, owner, created_at, removals"

    func insert(_ source: Source) throws {
        try run(
            "INSERT INTO sources (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            source.id, source.account, source.slug, source.name, source.about, source.kind.rawValue,
            source.visibility.rawValue, source.owner, source.createdAt, source.removals)
    }

    func source(account: ID, slug: String) throws -> Source? {
        try first(
            "SELECT \(Self.columns) FROM sources WHERE account = ? AND slug = ?", account, slug, read: Self.readSource)
    }

    func sources(account: ID) throws -> [Source] {
        try all("SELECT \(Self.columns) FROM sources WHERE account = ? ORDER BY slug", account, read: Self.readSource)
    }

    func removeSource(id: ID) throws {
        try run("DELETE FROM documents WHERE source = ?", id)
        try run("DELETE FROM sources WHERE id = ?", id)
    }

    private static func readSource(_ row: inout Columns) throws -> Source {
        let (id, account, slug) = (try row.id(), try row.id(), try row.text())
        var source = Source(
            id: id, account: account, slug: slug, name: try row.text(), about: try row.text(), kind: try row.word(),
            visibility: try row.word(), owner: try row.text(), createdAt: try row.moment())
        source.removals = try row.integer()
        return source
    }
}

extension Rows: DocumentRows {
    private static let documentColumns = """
        id, account, source, name, media_type, bytes, digest, splitting, created_at, status, task,
        is_indexed_once_split, passages, indexed, failure, updated_at, taken_until
        """

    func insert(_ document: Document) throws {
        try run(
            """
            INSERT INTO documents (\(Self.documentColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            document.id, document.account, document.source, document.name, document.mediaType, document.bytes,
            document.digest, document.splitting.storedJSON(), document.createdAt, document.status.rawValue,
            document.task.rawValue, document.isIndexedOnceSplit, document.passages, document.indexed,
            document.failure, document.updatedAt, document.takenUntil)
    }

    func update(_ document: Document) throws {
        try run(
            """
            UPDATE documents SET splitting = ?, status = ?, task = ?, is_indexed_once_split = ?, passages = ?,
                indexed = ?, failure = ?, updated_at = ?
            WHERE id = ?
            """,
            document.splitting.storedJSON(), document.status.rawValue, document.task.rawValue,
            document.isIndexedOnceSplit,
            document.passages, document.indexed, document.failure, document.updatedAt, document.id)
    }

    func document(id: ID) throws -> Document? {
        try first("SELECT \(Self.documentColumns) FROM documents WHERE id = ?", id, read: Self.readDocument)
    }

    func documents(of source: ID) throws -> [Document] {
        try all(
            "SELECT \(Self.documentColumns) FROM documents WHERE source = ? ORDER BY id", source,
            read: Self.readDocument)
    }

    func takeDocument(at moment: Timestamp, until: Timestamp) throws -> Document? {
        var next = try first(
            """
            SELECT \(Self.documentColumns) FROM documents WHERE task <> 'nothing' AND taken_until <= ?
            ORDER BY taken_until, id LIMIT 1
            """,
            moment, read: Self.readDocument)
        next?.takenUntil = until
        if let next { try keepDocument(id: next.id, until: until) }
        return next
    }

    func keepDocument(id: ID, until: Timestamp) throws {
        try run("UPDATE documents SET taken_until = ? WHERE id = ?", until, id)
    }

    func removeDocument(id: ID) throws {
        try run("DELETE FROM documents WHERE id = ?", id)
        try removeFile(id: id)
    }

    private static func readDocument(_ row: inout Columns) throws -> Document {
        var document = Document(
            id: try row.id(), account: try row.id(), source: try row.id(), name: try row.text(),
            mediaType: try row.text(), bytes: try row.count(), digest: try row.blob(), splitting: try row.json(),
            createdAt: try row.moment())
        document.status = try row.word()
        document.task = try row.word()
        document.isIndexedOnceSplit = try row.flag()
        document.passages = try row.count()
        document.indexed = try row.count()
        document.failure = try row.optional { try $0.text() }
        document.updatedAt = try row.moment()
        document.takenUntil = try row.moment()
        return document
    }
}

extension Rows: RealmRows {
    func insert(_ realm: Realm) throws {
        try run(
            "INSERT INTO realms (name, account, created_at) VALUES (?, ?, ?)", realm.name, realm.account,
            realm.createdAt)
    }

    func realm(named name: String) throws -> Realm? {
        try first("SELECT name, account, created_at FROM realms WHERE name = ?", name) { row in
            Realm(name: try row.text(), account: try row.id(), createdAt: try row.moment())
        }
    }
}
