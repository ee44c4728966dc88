import Foundation

/// Where an owner wants to be told of an account's events, or an agent of one service's, and how far that has come.
package struct ShopWebhook: ShopRecord, Equatable {
    package static let kind = "webhook"

    package enum State: String, Sendable, Codable, CaseIterable {
        case active
        /// Nothing is sent any more: its receiver is gone, or was not heard of for too long.
        case disabled
        /// On its way out of the store.
        case removed
    }

    package var id: ID
    package var account: ID
    /// The only one that it is about; nil for all of the account.
    package var service: ID?
    package var url: String
    /// Events of these types only; nil for all.
    package var eventTypes: [String]?
    /// In base64url, sealed by the master key.
    package var sealedSecret: String
    /// The number of the event up to which all is told.
    package var after: Int64
    package var createdAt: Timestamp
    package var state = State.active
    /// Attempts in a row that failed.
    package var attempts = 0
    package var lastProblem: String?
    package var disabledAt: Timestamp?
    /// Until when it is left alone: by others while one server sends, and by all after a failure.
    package var dueAt: Timestamp?
    package var version: Int64 = 1

    package var parent: ID? { service }
    package var shelf: String { state.rawValue }

    package init(
        id: ID, account: ID, service: ID? = nil, url: String, eventTypes: [String]?, sealedSecret: String,
        after: Int64, createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.service = service
        self.url = url
        self.eventTypes = eventTypes
        self.sealedSecret = sealedSecret
        self.after = after
        self.createdAt = createdAt
        dueAt = createdAt
    }

    func concerns(_ event: ShopEvent) -> Bool { service == nil || service == event.subject }

    /// What an attempt that failed means for the next one.
    mutating func note(_ reply: Courier.Reply, at moment: Timestamp, jitter: Double, _ limits: Limits) {
        attempts += 1
        lastProblem = reply.problem ?? reply.status.map { "The receiver answered \($0)." }
        if reply.status == 410 || attempts >= limits.callbackScheduleSeconds.count {
            state = .disabled
            disabledAt = moment
            dueAt = nil
        } else {
            let wait = Callback.waitMilliseconds(attempts: attempts, reply, jitter: jitter, limits)
            dueAt = moment.adding(milliseconds: wait)
        }
    }
}

extension ShopEvent {
    /// The same with every attempt and for every webhook: the `webhook-id` of Standard Webhooks.
    var messageID: String { "evt_\(account.uuid.filter { $0 != "-" })_\(sequence)" }

    /// As webhooks tell it: the same letters every time.
    func message() throws -> [UInt8] {
        let value: JSONValue = [
            "id": .string(messageID), "type": .string(type), "sequence": .integer(sequence),
            "subject": subject.map { .string($0.uuid) } ?? .null, "actor": .string(actor),
            "at": .string(at.iso8601), "details": details,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
