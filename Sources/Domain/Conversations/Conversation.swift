/// Where a principal and an agent talk: a room, a `conversationId` and a `contextId` are renderings of it.
package struct Conversation: Sendable, Equatable {
    package var account: ID
    /// Chosen by the client or minted as a UUID; unique within the account.
    package var id: String
    package var agent: String
    /// Who began it.
    package var principal: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Who else takes part, by the numbers that the client has for its users; the first one began it.
    package var participants: [Int64] = []

    package init(
        account: ID, id: String, agent: String, principal: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.account = account
        self.id = id
        self.agent = agent
        self.principal = principal
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The participants as a store keeps them: `1,2,3`.
    package var participantText: String {
        get { participants.isEmpty ? "" : participants.map { String($0) }.joined(separator: ",") }
        set { participants = newValue.split(separator: ",").compactMap { Int64($0) } }
    }

    /// 1 to 128 visible ASCII characters, so that every dialect can put it in a path or a header.
    package static func check(id: String) throws(Refusal) {
        guard !id.isEmpty, id != ".", id != "..", id.utf8.count <= 128,
            id.utf8.allSatisfy({ (33...126).contains($0) && $0 != 47 })
        else {
            throw .invalid("conversationId", "A conversation id is 1 to 128 visible ASCII characters without a slash.")
        }
    }
}
