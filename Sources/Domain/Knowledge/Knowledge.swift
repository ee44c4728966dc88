/// Keeps the knowledge sources: what there is, what goes in and comes out.
package struct Knowledge: Sendable {
    /// Passages that are removed in one transaction.
    static let batch = 200

    let store: any Store
    let world: World
    let limits: Limits
    let files: Files
    /// Rung when there may be something to index.
    package let bell: Bell

    package init(store: any Store, world: World, limits: Limits, files: Files) {
        self.store = store
        self.world = world
        self.limits = limits
        self.files = files
        bell = Bell(world)
    }

    /// Who looks: a principal sees what is visible to it, the operator all of the account.
    package struct Viewer: Sendable {
        package var account: ID
        package var principal: String?

        package init(account: ID, principal: String?) {
            self.account = account
            self.principal = principal
        }

        package init(_ principal: Principal) {
            self.init(account: principal.account, principal: principal.id)
        }

        func sees(_ source: Source) -> Bool {
            guard let principal else { return source.account == account }
            return source.isVisible(to: principal, of: account)
        }

        /// The files it sends in are kept under its name.
        var uploader: Principal { Principal(id: principal ?? "operator", account: account, agents: [], scopes: []) }
    }

    /// What is said of a source when it is made.
    package struct Draft: Sendable {
        package var slug: String
        package var name: String
        package var about = ""
        package var kind = Source.Kind.custom
        package var visibility = Source.Visibility.account

        package init(slug: String, name: String) {
            self.slug = slug
            self.name = name
        }
    }

    /// - Throws: `invalid` for a slug or name that cannot be, `conflict` for a slug in use.
    package func add(
        _ draft: Draft, by viewer: Viewer, idempotency key: IdempotencyKey? = nil
    ) async throws -> (source: Source, isRepeated: Bool) {
        try Source.check(slug: draft.slug)
        guard !draft.name.isEmpty, draft.name.utf8.count <= 200 else {
            throw Refusal.invalid("name", "A name is 1 to 200 bytes of text.")
        }
        guard draft.about.utf8.count <= 10_000 else {
            throw Refusal.invalid("description", "A description has 10000 bytes at most.")
        }
        let source = Source(
            id: world.newID(), account: viewer.account, slug: draft.slug, name: draft.name, about: draft.about,
            kind: draft.kind, visibility: draft.visibility, owner: viewer.principal ?? "", createdAt: world.now())
        let claim = key?.claim(by: viewer.uploader, for: source.id, at: source.createdAt)
        return try await store.write { rows in
            if let standing = try rows.standing(claim) {
                let sources = try rows.sources(account: source.account)
                guard let first = sources.first(where: { $0.id == standing.subject }) else {
                    throw Refusal(.gone, "The source that this Idempotency-Key stands for is no longer there.")
                }
                return (first, true)
            }
            guard try rows.source(account: source.account, slug: source.slug) == nil else {
                throw Refusal(.conflict, "There already is a knowledge source “\(source.slug)”.", field: "slug")
            }
            try rows.insert(source)
            return (source, false)
        }
    }

    /// In the order of their slugs.
    package func list(for viewer: Viewer) async throws -> [Source] {
        try await store.read { try $0.sources(account: viewer.account) }.filter(viewer.sees)
    }

    /// - Throws: `notFound` for one that is not there, or not visible.
    package func source(_ slug: String, for viewer: Viewer, field: String? = nil) async throws -> Source {
        try await store.read { try Self.source(slug, for: viewer, field: field, in: $0) }
    }

    static func source(
        _ slug: String, for viewer: Viewer, field: String? = nil, in rows: any Transaction
    ) throws -> Source {
        guard let source = try rows.source(account: viewer.account, slug: slug), viewer.sees(source) else {
            throw Refusal(.notFound, "There is no knowledge source “\(slug)”.", field: field)
        }
        return source
    }

    /// Removes a source with everything in it.
    package func remove(_ slug: String, for viewer: Viewer) async throws {
        let source = try await source(slug, for: viewer)
        // What comes into it meanwhile goes with it: one look after another, until there is nothing left.
        while true {
            let documents = try await store.read { try $0.documents(of: source.id) }
            for document in documents { try await remove(document) }
            let isGone = try await store.write { rows in
                guard try rows.documents(of: source.id).isEmpty else { return false }
                try rows.removeSource(id: source.id)
                return true
            }
            if isGone { return }
        }
    }

    /// In the order in which they came.
    package func documents(of slug: String, for viewer: Viewer) async throws -> [Document] {
        try await store.read { rows in
            try rows.documents(of: Self.source(slug, for: viewer, in: rows).id)
        }
    }

    /// - Throws: `notFound` for one that is not there, or whose source is not visible.
    package func document(_ id: ID, for viewer: Viewer) async throws -> Document {
        try await store.read { try Self.document(id, for: viewer, in: $0) }
    }

    static func document(_ id: ID, for viewer: Viewer, in rows: any Transaction) throws -> Document {
        guard let document = try rows.document(id: id), document.account == viewer.account,
            try rows.sources(account: viewer.account).contains(where: { $0.id == document.source && viewer.sees($0) })
        else { throw Refusal(.notFound, "There is no file \(id).") }
        return document
    }

    /// A page of a source's passages, and how many there are.
    package func passages(
        of slug: String, for viewer: Viewer, offset: Int, limit: Int
    ) async throws -> (rows: [Passage], total: Int) {
        try await store.read { rows in
            let source = try Self.source(slug, for: viewer, in: rows)
            return try rows.passages(of: source.id, offset: offset, limit: limit)
        }
    }

    /// - Throws: `notFound` for a passage that the source does not have.
    package func remove(_ name: PassageName, from slug: String, for viewer: Viewer) async throws {
        try await store.write { rows in
            let source = try Self.source(slug, for: viewer, in: rows)
            guard var document = try rows.document(id: name.document), document.source == source.id,
                try rows.removePassage(name)
            else { throw Refusal(.notFound, "The knowledge source “\(slug)” has no such object.") }
            // One that is still being indexed is counted by its places.
            guard document.status == .indexed else { return }
            document.passages -= 1
            document.indexed = document.passages
            try rows.update(document)
        }
    }

    /// Empties a source.
    /// - Parameter standalone: true for only what is a whole document, false for only what is a part of one.
    package func removePassages(of slug: String, standalone: Bool?, for viewer: Viewer) async throws {
        for document in try await documents(of: slug, for: viewer) {
            let isWhole = document.passages == 1
            if let standalone, isWhole != standalone || document.passages == 0 { continue }
            try await remove(document)
        }
    }

    package func remove(_ document: Document) async throws {
        let isThere = try await store.write { rows -> Bool in
            guard var document = try rows.document(id: document.id) else { return false }
            // Whoever is at work on it stops.
            document.task = .nothing
            document.status = .failed
            document.failure = "It is being removed."
            try rows.update(document)
            return true
        }
        guard isThere else { return }
        let (id, batch) = (document.id, Self.batch)
        while try await store.write({ try $0.removePassages(of: id, limit: batch) }) >= batch {}
        try await store.write { try $0.removeDocument(id: id) }
    }
}
