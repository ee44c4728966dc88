/// One question being answered.
package struct Run: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        /// It waits for its turn.
        case queued
        case running, finished, failed, canceled

        package var isOver: Bool {
            switch self {
            case .queued, .running: false
            case .finished, .failed, .canceled: true
            }
        }
    }

    package var id: ID
    package var account: ID
    package var agent: String
    package var conversation: String
    package var principal: String
    package var status: Status = .running
    package var question: Question
    /// The id of the assistant's message that this run writes.
    package var answerID: ID
    package var answer = ""
    package var finishReason: FinishReason?
    package var refusal: Refusal?
    package var usage: Usage?
    package var createdAt: Timestamp
    package var endedAt: Timestamp?
    /// No event past this number has ever been shown to anyone; raised, durably, before one is.
    package var reserved: Int64
    /// The first event still kept; older ones are past their retention.
    package var floor: Int64 = 0
    /// The number of the terminal event, once there is one.
    package var last: Int64?
    /// The number of the lease under which a server answers it.
    package var lease: Int64 = 0

    package init(
        id: ID, account: ID, agent: String, conversation: String, principal: String,
        question: Question, answerID: ID, createdAt: Timestamp, reserved: Int64
    ) {
        self.id = id
        self.account = account
        self.agent = agent
        self.conversation = conversation
        self.principal = principal
        self.question = question
        self.answerID = answerID
        self.createdAt = createdAt
        self.reserved = reserved
    }
}

/// Why an answer came to its end.
package enum FinishReason: String, Sendable, Codable, CaseIterable {
    case stop, length, toolCalls, contentFilter, budget
}
