/// Someone to tell when a run has ended.
package struct Callback: Sendable, Equatable {
    /// Where to, and with whose secret it is signed.
    package struct Target: Sendable, Equatable {
        package var key: ID
        package var url: String

        package init(key: ID, url: String) {
            self.key = key
            self.url = url
        }
    }

    package enum State: String, Sendable, CaseIterable {
        /// The run has not ended.
        case waiting
        /// To be sent, for the first time or again.
        case due
        case delivered
        /// The receiver wants no more of it (410).
        case gone
        /// Tried as often as the schedule has times, in vain.
        case failed
    }

    package var run: ID
    package var account: ID
    package var target: Target
    package var state = State.waiting
    /// How often it was sent, or begun to be.
    package var attempts = 0
    /// When it is sent next, where it is due. While it waits: as much later than its making as it is to be sent after
    /// the end of the run.
    package var dueAt: Timestamp
    package var createdAt: Timestamp

    package init(run: ID, account: ID, target: Target, createdAt: Timestamp) {
        self.run = run
        self.account = account
        self.target = target
        self.createdAt = createdAt
        dueAt = createdAt
    }

    /// - Parameter delaySeconds: from the end of the run to the first attempt.
    init(of run: Run, to target: Target, delaySeconds: Int) {
        self.init(run: run.id, account: run.account, target: target, createdAt: run.createdAt)
        dueAt = createdAt.adding(seconds: delaySeconds)
    }

    /// The same with every attempt: the `webhook-id` of Standard Webhooks.
    package var messageID: String { "msg_\(run.uuid)" }

    /// Who takes the callbacks of an account at one host and port: what is slow or broken there concerns nobody else.
    package var endpoint: String {
        let start = target.url.firstRange(of: "://")?.upperBound ?? target.url.startIndex
        let end = target.url[start...].firstIndex { "/?#".contains($0) } ?? target.url.endIndex
        return "\(account.uuid) \(target.url[..<end].lowercased())"
    }
}

/// One attempt at a callback.
package struct Delivery: Sendable, Equatable {
    package var run: ID
    /// Which attempt, from 1.
    package var number: Int
    package var at: Timestamp
    /// How long it took; nil of one that is under way, or was when its server died.
    package var milliseconds: Int64?
    /// What the receiver answered, if it did.
    package var status: Int?
    /// Why it did not.
    package var problem: String?

    package init(run: ID, number: Int, at: Timestamp) {
        self.run = run
        self.number = number
        self.at = at
    }
}

/// How an endpoint has done lately.
package struct Endpoint: Sendable, Equatable {
    /// As `Callback.endpoint` has it.
    package var name: String
    /// Attempts in a row that failed.
    package var failures = 0
    /// Until when nothing is sent to it.
    package var pausedUntil: Timestamp?

    package init(name: String) {
        self.name = name
    }
}
