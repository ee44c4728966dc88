import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The doors to knowledge sources, and to the objects in them, which are passages.
extension StackSpot {
    func addSource(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let draft = try Self.draft(try await Self.fields(of: request, limits))
        let asked = [draft.slug, draft.name, draft.about, draft.kind.rawValue, draft.visibility.rawValue]
        let key = try IdempotencyKey(
            of: request, asking: Array(JSON.array(asked.map { .string($0) }).render().utf8))
        let (source, isRepeated) = try await knowledge.add(
            draft, by: Knowledge.Viewer(principal), idempotency: key)
        var response = Response(Self.render(source), status: .created)
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    func listSources(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let page = try ListPage(request)
        let wanted = try Self.visibilities(request)
        let sources = try await knowledge.list(for: Knowledge.Viewer(principal))
        return page.answer(sources.filter { wanted.contains($0.visibility) }, Self.render)
    }

    func showSource(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        return Response(Self.render(try await source(context, for: principal)))
    }

    func removeSource(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let source = try await source(context, for: principal)
        try await knowledge.remove(source.slug, for: Knowledge.Viewer(principal))
        return Response(status: .noContent)
    }

    func listObjects(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let page = try ListPage(request)
        let most = try request.number("content_limit", usually: limits.documentBytes, most: limits.documentBytes)
        let slug = try await source(context, for: principal).slug
        let viewer = Knowledge.Viewer(principal)
        let (passages, total) = try await knowledge.passages(
            of: slug, for: viewer, offset: page.offset, limit: page.size)
        let documents = try await knowledge.documents(of: slug, for: viewer)
        let names = Dictionary(documents.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        return page.answer(
            passages.map { Self.render($0, in: names[$0.document] ?? "", most: most) }, of: total)
    }

    func removeObjects(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let isStandalone = try Self.flag("standalone", of: request)
        let slug = try await source(context, for: principal).slug
        try await knowledge.removePassages(of: slug, standalone: isStandalone, for: Knowledge.Viewer(principal))
        return Response(status: .noContent)
    }

    func removeObject(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let slug = try await source(context, for: principal).slug
        guard let name = Self.passage(context.parameter("object")) else {
            throw Refusal(.notFound, "The knowledge source “\(slug)” has no such object.")
        }
        try await knowledge.remove(name, from: slug, for: Knowledge.Viewer(principal))
        return Response(status: .noContent)
    }

    private func source(_ context: DoorContext, for principal: Principal) async throws -> Source {
        try await source(called: context.parameter("source"), for: principal)
    }

    private static func draft(_ fields: Fields) throws -> Knowledge.Draft {
        guard let slug = try fields.string("slug") else { throw Refusal.invalid("slug", "slug: a slug is needed.") }
        var draft = Knowledge.Draft(slug: slug, name: try fields.string("name") ?? slug)
        draft.about = try fields.string("description") ?? ""
        draft.kind = try fields.word("type") ?? draft.kind
        draft.visibility = try fields.word("visibility") ?? draft.visibility
        return draft
    }

    /// A list with commas, or the word again and again; without it all.
    private static func visibilities(_ request: Request) throws(Refusal) -> [Source.Visibility] {
        let words = request.uri.queryParameters.getAll("visibility_list").flatMap { $0.split(separator: ",") }
        guard !words.isEmpty else { return Source.Visibility.allCases }
        var wanted: [Source.Visibility] = []
        for word in words {
            guard let visibility = Source.Visibility(rawValue: word.lowercased()) else {
                throw .invalid("visibility_list", "visibility_list: there is no “\(word)”; say account or personal.")
            }
            wanted.append(visibility)
        }
        return wanted
    }

    /// `<document>-<place>`; the document's id may have hyphens of its own.
    private static func passage(_ text: String) -> PassageName? {
        guard let hyphen = text.lastIndex(of: "-"), let document = ID(spelled: text[..<hyphen]),
            let place = Int(text[text.index(after: hyphen)...]), place >= 0
        else { return nil }
        return PassageName(document: document, place: place)
    }

    private static func render(_ source: Source) -> JSON {
        [
            "id": .string(source.id.ulid), "slug": .string(source.slug), "name": .string(source.name),
            "description": .string(source.about), "type": .string(source.kind.rawValue),
            "visibility": .string(source.visibility.rawValue), "created_at": .string(source.createdAt.iso8601),
        ]
    }

    /// - Parameter most: characters of it that are shown.
    private static func render(_ passage: Passage, in file: String, most: Int) -> JSON {
        [
            "id": .string(object(PassageName(document: passage.document, place: passage.place))),
            "title": .string(passage.heading), "content": .string(String(passage.text.prefix(most))),
            "file_name": .string(file), "document_id": .string(passage.document.ulid),
            "line": .integer(Int64(passage.line)),
        ]
    }
}

extension Fields {
    /// One of a few words, in any case.
    fileprivate func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(Refusal) -> Word?
    where Word.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let word = Word(rawValue: text.lowercased()) else {
            throw .invalid(key, "\(key) is one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return word
    }
}
