import Domain

extension Rows: SourceRows {
    private static let columns = "id, account, slug, name, about, kind, visibility, owner, created_at, removals"

    func insert(_ source: Source) throws {
        try run(
            "INSERT INTO sources (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            source.id, source.account, source.slug, source.name, source.about, source.kind.rawValue,
            source.visibility.rawValue, source.owner, source.createdAt, source.removals)
    }

    func source(account: ID, slug: String) throws -> Source? {
        try first(
            "SELECT \(Self.columns) FROM sources WHERE account = $1 AND slug = $2", account, slug,
            read: Self.readSource)
    }

    func sources(account: ID) throws -> [Source] {
        try all("SELECT \(Self.columns) FROM sources WHERE account = $1 ORDER BY slug", account, read: Self.readSource)
    }

    func removeSource(id: ID) throws {
        try run("DELETE FROM documents WHERE source = $1", id)
        try run("DELETE FROM sources WHERE id = $1", id)
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
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            document.id, document.account, document.source, document.name, document.mediaType, document.bytes,
            document.digest, document.splitting.storedJSON(), document.createdAt, document.status.rawValue,
            document.task.rawValue, document.isIndexedOnceSplit, document.passages, document.indexed,
            document.failure, document.updatedAt, document.takenUntil)
    }

    func update(_ document: Document) throws {
        try run(
            """
            UPDATE documents SET splitting = $1, status = $2, task = $3, is_indexed_once_split = $4, passages = $5,
                indexed = $6, failure = $7, updated_at = $8
            WHERE id = $9
            """,
            document.splitting.storedJSON(), document.status.rawValue, document.task.rawValue,
            document.isIndexedOnceSplit,
            document.passages, document.indexed, document.failure, document.updatedAt, document.id)
    }

    func document(id: ID) throws -> Document? {
        // Whoever writes it back has seen the newest there is.
        let lock = session.role == .writing ? "FOR UPDATE" : ""
        return try first(
            "SELECT \(Self.documentColumns) FROM documents WHERE id = $1 \(lock)", id, read: Self.readDocument)
    }

    func documents(of source: ID) throws -> [Document] {
        try all(
            "SELECT \(Self.documentColumns) FROM documents WHERE source = $1 ORDER BY id", source,
            read: Self.readDocument)
    }

    func takeDocument(at moment: Timestamp, until: Timestamp) throws -> Document? {
        try first(
            """
            UPDATE documents SET taken_until = $2 WHERE id = (
                SELECT id FROM documents WHERE task <> 'nothing' AND taken_until <= $1
                ORDER BY taken_until, id LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            RETURNING \(Self.documentColumns)
            """,
            moment, until, read: Self.readDocument)
    }

    func keepDocument(id: ID, until: Timestamp) throws {
        try run("UPDATE documents SET taken_until = $1 WHERE id = $2", until, id)
    }

    func removeDocument(id: ID) throws {
        try run("DELETE FROM documents WHERE id = $1", id)
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
            "INSERT INTO realms (name, account, created_at) VALUES ($1, $2, $3)", realm.name, realm.account,
            realm.createdAt)
    }

    func realm(named name: String) throws -> Realm? {
        try first("SELECT name, account, created_at FROM realms WHERE name = $1", name) { row in
            Realm(name: try row.text(), account: try row.id(), createdAt: try row.moment())
        }
    }
}
