/// Lists, shows and removes conversations.
package struct Conversations: Sendable {
    let store: any Store

    package init(store: any Store) {
        self.store = store
    }

    /// One page of a principal's own conversations.
    package func list(_ page: ConversationPage) async throws -> (rows: [Conversation], hasMore: Bool) {
        var longer = page
        longer.limit += 1
        let asked = longer
        let rows = try await store.read { try $0.conversations(asked) }
        return (Array(rows.prefix(page.limit)), rows.count > page.limit)
    }

    /// A conversation of the principal's account whose agent it may use.
    /// - Throws: `notFound` for every other.
    package func conversation(_ id: String, for principal: Principal) async throws -> Conversation {
        guard let found = try await store.read({ try $0.conversation(account: principal.account, id: id) }),
            principal.mayUse(agentCode: found.agent)
        else { throw Refusal(.notFound, "There is no conversation “\(id)”.") }
        return found
    }

    package func remove(_ conversation: Conversation) async throws {
        try await store.write { try $0.removeConversation(account: conversation.account, id: conversation.id) }
    }
}
