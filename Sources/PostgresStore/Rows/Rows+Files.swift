import Domain

extension Rows: FileRows {
    func insert(_ file: StoredFile) throws {
        try run(
            """
            INSERT INTO files (id, account, principal, filename, media_type, bytes, created_at, is_complete)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            file.id, file.account, file.principal, file.filename, file.mediaType, file.bytes, file.createdAt,
            file.isComplete)
    }

    func complete(_ file: StoredFile) throws {
        let found = try changes("UPDATE files SET bytes = $2, is_complete = true WHERE id = $1", file.id, file.bytes)
        if found == 0 { throw Self.noFile(file.id) }
    }

    func file(id: ID) throws -> StoredFile? {
        try first(
            """
            SELECT id, account, principal, filename, media_type, bytes, created_at, is_complete FROM files
            WHERE id = $1
            """,
            id
        ) { row in
            StoredFile(
                id: try row.id(), account: try row.id(), principal: try row.text(), filename: try row.text(),
                mediaType: try row.text(), bytes: try row.count(), createdAt: try row.moment(),
                isComplete: try row.flag())
        }
    }

    func append(chunk: [UInt8], number: Int, to file: ID) throws {
        try run(
            "INSERT INTO file_chunks (file, number, bytes) VALUES ($1, $2, $3)", file, number, chunk,
            surprises: [SQLState.noSuchRow: .refuse(Self.noFile(file))])
    }

    func bytes(of file: ID) throws -> [UInt8] {
        let chunks = try all("SELECT bytes FROM file_chunks WHERE file = $1 ORDER BY number", file) { try $0.blob() }
        return Array(chunks.joined())
    }

    func removeFile(id: ID) throws {
        try run("DELETE FROM files WHERE id = $1", id)
    }

    /// An upload may outlive its file: one that takes too long is removed under it.
    private static func noFile(_ id: ID) -> Refusal {
        Refusal(.gone, "The file \(id) is no longer kept.")
    }
}
