import Foundation

/// One question being answered.
package struct Run: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        case running, finished, failed, canceled
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

/// What is asked: new messages, and how to answer them.
package struct Question: Sendable, Equatable, Codable {
    package var messages: [Message]
    package var temperature: Double?
    package var maxOutputTokens: Int?
    package var stop: [String] = []
    /// The end user, as the client names them; passed to the model's server.
    package var user: String?
    package var metadata: [String: String] = [:]
    /// False: the model without the agent's instructions and without earlier turns.
    package var asAgent = true
    package var highPerformance = false
    /// Whether the client wants the count of tokens in its stream.
    package var includesUsage = false
    /// The model's name as the client sent it, so that it comes back letter by letter.
    package var modelName: String?

    package init(messages: [Message]) {
        self.messages = messages
    }
}

extension Question {
    /// The same bytes for the same question, whatever the order in which it was told.
    package var canonical: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return Array(try encoder.encode(self))
        }
    }
}

/// Why an answer came to its end.
package enum FinishReason: String, Sendable, Codable, CaseIterable {
    case stop, length, toolCalls, contentFilter, budget
}

/// Tokens read and written, as the upstream counted them or, failing that, estimated.
package struct Usage: Sendable, Equatable, Codable {
    package var inputTokens: Int
    package var outputTokens: Int
    package var estimated = false

    package init(inputTokens: Int, outputTokens: Int, estimated: Bool = false) {
        self.inputTokens = Self.sane(inputTokens)
        self.outputTokens = Self.sane(outputTokens)
        self.estimated = estimated
    }

    /// Counts come from upstreams; sums of them must not overflow.
    private static func sane(_ count: Int) -> Int { min(max(count, 0), 1 << 53) }

    /// A quarter of the UTF-8 bytes, rounded up: the usual rule of thumb for models that do not report.
    package static func estimate(inputBytes: Int, outputBytes: Int) -> Usage {
        Usage(inputTokens: (inputBytes + 3) / 4, outputTokens: (outputBytes + 3) / 4, estimated: true)
    }
}
