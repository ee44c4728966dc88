import Domain
import Wire

/// From what clients call things to the things: an id may be spelled as a ULID or as a UUID.
extension StackSpot {
    /// What a look finds, or nil where there is nothing.
    static func found<Value>(_ look: () async throws -> Value) async throws -> Value? {
        do {
            return try await look()
        } catch let refusal as Refusal where refusal.reason == .notFound {
            return nil
        }
    }

    /// A conversation's name, the same for both spellings of an id.
    static func oneSpelling(of conversation: String) -> String {
        ID(spelled: conversation)?.uuid ?? conversation
    }

    /// The name under which a conversation is kept, or will be. One that a client of another API has named may look
    /// like an id, and be kept as it was spelled.
    func conversation(called name: String, for principal: Principal) async throws -> String {
        try Conversation.check(id: name)
        guard let id = ID(spelled: name) else { return name }
        for kept in [id.uuid, name] {
            let isThere = try await Self.found { try await conversations.conversation(kept, for: principal) } != nil
            if isThere { return kept }
        }
        return ID(ulid: name) == nil ? name : id.uuid
    }

    /// The file names of uploads, by their ids; null for one that is no longer kept.
    func names(of uploads: [ID], account: ID) async throws -> JSON.Object {
        var names: JSON.Object = [:]
        for id in uploads {
            names[id.ulid] = try await files.name(of: id, account: account).map { .string($0) } ?? .null
        }
        return names
    }

    /// The slugs of the sources that a request names; nil where it names none.
    /// - Throws: `notFound` for one that is not there, or that the principal may not see.
    func slugs(of named: [Named], for principal: Principal) async throws -> [String]? {
        guard !named.isEmpty else { return nil }
        let visible = try await knowledge.list(for: Knowledge.Viewer(principal))
        return try named.map { named in
            guard let source = Self.source(called: named.name, among: visible) else {
                throw Refusal(.notFound, "There is no knowledge source “\(named.name)”.", field: named.field)
            }
            return source.slug
        }
    }

    /// A source by its slug, or by its id.
    func source(called name: String, for principal: Principal, field: String? = nil) async throws -> Source {
        let visible = try await knowledge.list(for: Knowledge.Viewer(principal))
        guard let source = Self.source(called: name, among: visible) else {
            throw Refusal(.notFound, "There is no knowledge source “\(name)”.", field: field)
        }
        return source
    }

    private static func source(called name: String, among sources: [Source]) -> Source? {
        sources.first { $0.slug == name }
            ?? ID(spelled: name).flatMap { id in sources.first { $0.id == id } }
    }
}
