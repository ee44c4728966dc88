import Domain
import Ledger

/// A text that went from one number to another, as one of the two has it.
struct PhoneMessage: Codable, Equatable, Sendable {
    enum Direction: String, Codable, Sendable {
        case inbound, outbound
    }

    /// What one segment costs.
    static let price = Money(micros: 7_500)

    /// In the order of time; both numbers have the message under the same.
    var id: String
    var direction: Direction
    var from: String
    var to: String
    var body: String
    var at: Timestamp

    static func row(_ id: String, of resource: String) -> String { "message/\(resource)/\(PhoneLog.place(of: id))" }

    func stored(of resource: String) throws -> SimulatedRow {
        try SimulatedRow(name: Self.row(id, of: resource), self)
    }

    /// As the other number has it.
    var received: PhoneMessage {
        var copy = self
        copy.direction = .inbound
        return copy
    }

    /// What whoever has the other number is told; the text is for those who may read messages.
    func news(for receiver: SimulatedResource) -> ResourceNews {
        ResourceNews(
            type: ServiceEvent.phone(ServiceEvent.received), resource: receiver,
            details: ["messageId": .string(id), "from": .string(from), "to": .string(to)])
    }

    var json: JSONValue {
        [
            "messageId": .string(id), "direction": .string(direction.rawValue), "from": .string(from),
            "to": .string(to), "body": .string(body),
            "status": .string(direction == .inbound ? "received" : "delivered"),
            "segments": .integer(Int64(Self.segments(of: body))), "at": .string(at.iso8601),
        ]
    }

    /// 160 letters of the GSM alphabet in one, 153 in each of several; 70 and 67 of all others.
    static func segments(of body: String) -> Int {
        let isPlain = body.unicodeScalars.allSatisfy { plain.contains($0) || extended.contains($0) }
        let length =
            isPlain
            ? body.unicodeScalars.reduce(0) { $0 + (extended.contains($1) ? 2 : 1) } : body.utf16.count
        let (one, each) = isPlain ? (160, 153) : (70, 67)
        return length <= one ? 1 : (length + each - 1) / each
    }

    private static let plain = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    /// Two places each.
    private static let extended = Set("^{}\\[~]|€".unicodeScalars)
}

/// A call that a number had.
struct PhoneCall: Codable, Equatable, Sendable {
    var id: String
    var from: String
    var to: String
    var at: Timestamp
    var isMissed: Bool

    func news(for receiver: SimulatedResource) -> ResourceNews {
        ResourceNews(
            type: ServiceEvent.phone(ServiceEvent.missed), resource: receiver,
            details: ["callId": .string(id), "from": .string(from), "to": .string(to)])
    }

    static func row(_ id: String, of resource: String) -> String { "call/\(resource)/\(PhoneLog.place(of: id))" }

    var json: JSONValue {
        [
            "callId": .string(id), "direction": "inbound", "from": .string(from), "to": .string(to),
            "status": .string(isMissed ? "missed" : "answered"), "at": .string(at.iso8601),
        ]
    }
}
