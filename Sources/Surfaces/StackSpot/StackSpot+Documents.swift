import Domain
import HTTPTypes
import Hummingbird
import Wire

/// What becomes of an upload: a file of a knowledge source is split, and its passages are indexed.
extension StackSpot {
    func showUpload(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let id = try Self.id("upload", context)
        if let document = try await document(id, for: principal) {
            return Response(Self.render(document))
        }
        let ticket = try await ticket(id, for: principal)
        let file = try await Self.found { try await files.file(id, for: principal) }
        return Response(render(ticket, hasCome: file != nil))
    }

    func split(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let fields = try await Self.fields(of: request, limits)
        let splitting = try Splitting(
            Self.strategy(fields), quantity: fields.integer("split_quantity"),
            overlap: fields.integer("split_overlap"))
        let isIndexed = try fields.flag("embed_after_split") ?? true
        return try await advance(context, for: principal) { id, viewer in
            try await knowledge.split(id, by: splitting, indexes: isIndexed, for: viewer)
        }
    }

    func index(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        try ContentCoding.check(request)
        return try await advance(context, for: principal) { id, viewer in
            try await knowledge.index(id, for: viewer)
        }
    }

    /// Has a document brought further.
    /// - Throws: `conflict` for one that is yet to come.
    private func advance(
        _ context: DoorContext, for principal: Principal,
        _ step: (ID, Knowledge.Viewer) async throws -> Document
    ) async throws -> Response {
        let id = try Self.id("upload", context)
        guard try await document(id, for: principal) != nil else {
            guard case .source = try await ticket(id, for: principal).target else {
                throw Refusal(.invalid, "Only the file of a knowledge source is split and indexed.")
            }
            throw Refusal(.conflict, "The file has not come yet; send it with its form first.")
        }
        let document = try await step(id, Knowledge.Viewer(principal))
        return Response(["id": .string(id.ulid), "status": .string(Self.word(document.status))])
    }

    private func document(_ id: ID, for principal: Principal) async throws -> Document? {
        try await Self.found { try await knowledge.document(id, for: Knowledge.Viewer(principal)) }
    }

    /// A place that was given out for a file.
    /// - Throws: `notFound` for that of a source which the principal may not see.
    private func ticket(_ id: ID, for principal: Principal) async throws -> UploadTicket {
        let ticket = try await uploads.ticket(id, for: principal)
        if case .source(let slug) = ticket.target { _ = try await source(called: slug, for: principal) }
        return ticket
    }

    private static func strategy(_ fields: Fields) throws(Refusal) -> Splitting.Strategy {
        guard let word = try fields.string("split_strategy") else { return Splitting.usual.strategy }
        guard let strategy = Splitting.Strategy(rawValue: word.uppercased()) else {
            let known = Splitting.Strategy.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("split_strategy", "split_strategy: there is no “\(word)”; there are \(known).")
        }
        return strategy
    }

    private static func render(_ document: Document) -> JSON {
        [
            "id": .string(document.id.ulid), "file_name": .string(document.name),
            "target_type": "KNOWLEDGE_SOURCE", "status": .string(word(document.status)),
            "progress": .number(document.progress), "objects": .integer(Int64(document.passages)),
            "error": document.failure.map { .string($0) } ?? .null,
        ]
    }

    /// A file that has come is ready to be asked about; one of a source has a document then.
    private func render(_ ticket: UploadTicket, hasCome: Bool) -> JSON {
        let isLate = !hasCome && ticket.expiresAt <= world.now()
        let status: Document.Status = hasCome ? .indexed : isLate ? .failed : .pending
        return [
            "id": .string(ticket.id.ulid), "file_name": .string(ticket.filename),
            "target_type": ticket.target == .context ? "CONTEXT" : "KNOWLEDGE_SOURCE",
            "status": .string(Self.word(status)), "progress": .number(hasCome ? 1 : 0), "objects": 0,
            "error": isLate ? "The form has expired, and there is no file." : .null,
        ]
    }

    private static func word(_ status: Document.Status) -> String {
        switch status {
        case .pending: "PENDING"
        case .splitted: "SPLITTED"
        case .indexed: "INDEXED"
        case .failed: "FAILED"
        }
    }
}
