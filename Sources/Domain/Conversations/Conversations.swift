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

    /// One page of a principal's own conversations with an agent, newest first.
    package func list(_ page: AgentPage) async throws -> (rows: [Conversation], total: Int) {
        try await store.read { try $0.conversations(page) }
    }

    /// A conversation in which nothing has been said yet, or the one that the same request began before.
    /// - Parameter participants: see `Conversation.participants`.
    package func begin(
        with agent: Agent, participants: [Int64], for principal: Principal, idempotency key: IdempotencyKey?,
        _ world: World
    ) async throws -> (id: ID, isRepeated: Bool) {
        let (id, now) = (world.newID(), world.now())
        var conversation = Conversation(
            account: principal.account, id: id.uuid, agent: agent.code, principal: principal.id, createdAt: now,
            updatedAt: now)
        conversation.participants = participants
        let (begun, claim) = (conversation, key?.claim(by: principal, for: id, at: now))
        return try await store.write { rows in
            if let standing = try rows.standing(claim) {
                guard try rows.conversation(account: begun.account, id: standing.subject.uuid) != nil else {
                    throw Refusal(.gone, "What this Idempotency-Key stands for was deleted.")
                }
                return (standing.subject, true)
            }
            try rows.touch(begun)
            return (id, false)
        }
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
        let (account, id) = (conversation.account, conversation.id)
        try await store.write { rows in
            // What came in at the last moment must not stand in the way of those that come after.
            for run in try rows.unfinishedRuns(account: account, conversation: id) { try rows.leaveQueue(run) }
            try rows.removeConversation(account: account, id: id)
        }
    }
}
