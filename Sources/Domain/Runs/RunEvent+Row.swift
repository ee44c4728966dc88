import Foundation

/// An event as a store keeps it: a small number for the kind, bytes for the rest.
extension RunEvent {
    package var kindNumber: Int64 {
        switch kind {
        case .started: 0
        case .text: 1
        case .toolCall: 2
        case .usage: 3
        case .finished: 4
        case .failed: 5
        case .canceled: 6
        case .stepStarted: 7
        case .stepFinished: 8
        case .choices: 9
        }
    }

    /// UTF-8: the text itself, or JSON for the rare kinds.
    package func body() throws -> String {
        switch kind {
        case .started, .canceled: ""
        case .text(let text): text
        case .toolCall(let json), .choices(let json): json
        case .stepStarted(let step), .stepFinished(let step): try Self.json(step)
        case .usage(let usage): usage.stored
        case .finished(let reason): reason.rawValue
        case .failed(let refusal): try Self.json(refusal)
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// - Throws: what the decoder says of a body this version cannot read.
    package init(sequence: Int64, at: Timestamp, kindNumber: Int64, body: String) throws {
        let kind: Kind
        switch kindNumber {
        case 0: kind = .started
        case 1: kind = .text(body)
        case 2: kind = .toolCall(body)
        case 3: kind = .usage(try JSONDecoder().decode(Usage.self, from: Data(body.utf8)))
        case 4: kind = .finished(FinishReason(rawValue: body) ?? .stop)
        case 5: kind = .failed(try JSONDecoder().decode(Refusal.self, from: Data(body.utf8)))
        case 6: kind = .canceled
        case 7: kind = .stepStarted(try JSONDecoder().decode(Step.self, from: Data(body.utf8)))
        case 8: kind = .stepFinished(try JSONDecoder().decode(Step.self, from: Data(body.utf8)))
        case 9: kind = .choices(body)
        default: throw Refusal(.unsupported, "This version does not know run events of kind \(kindNumber).")
        }
        self.init(sequence: sequence, at: at, kind: kind)
    }
}
