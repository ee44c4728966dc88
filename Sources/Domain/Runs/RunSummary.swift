/// A run without its question and its answer.
package struct RunSummary: Sendable, Equatable {
    package var id: ID
    package var account: ID
    package var agent: String
    package var conversation: String
    package var principal: String
    package var status: Run.Status
    package var createdAt: Timestamp
    package var endedAt: Timestamp?
    /// The first event still kept.
    package var floor: Int64
    /// The number of the terminal event, once there is one.
    package var last: Int64?
    package var finishReason: FinishReason?

    package init(
        id: ID, account: ID, agent: String, conversation: String, principal: String, status: Run.Status,
        createdAt: Timestamp, endedAt: Timestamp?, floor: Int64, last: Int64?, finishReason: FinishReason?
    ) {
        self.id = id
        self.account = account
        self.agent = agent
        self.conversation = conversation
        self.principal = principal
        self.status = status
        self.createdAt = createdAt
        self.endedAt = endedAt
        self.floor = floor
        self.last = last
        self.finishReason = finishReason
    }
}

extension Run {
    package var summary: RunSummary {
        RunSummary(
            id: id, account: account, agent: agent, conversation: conversation, principal: principal, status: status,
            createdAt: createdAt, endedAt: endedAt, floor: floor, last: last, finishReason: finishReason)
    }
}
