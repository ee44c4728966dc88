import ArgumentParser
import Domain
import Wire

/// How the program ends where a command did not simply do its work.
struct Outcome: Sendable {
    enum Kind: Sendable {
        case failed, help
        /// The command has said itself what is wrong.
        case told
    }

    var kind: Kind
    var code: Int32
    var reason = Refusal.Reason.invalid
    var message: String

    init(of error: any Error) {
        if let refusal = error as? Refusal {
            (kind, code, reason, message) = (.failed, 1, refusal.reason, Self.oneLine(refusal.message))
            return
        }
        code = RialtoCommand.exitCode(for: error).rawValue
        message = RialtoCommand.message(for: error)
        kind = code == 0 ? .help : message.isEmpty ? .told : .failed
        if kind == .failed {
            reason = code == 1 ? .unavailable : .invalid
            message = Self.oneLine(message) + (code == 1 ? "" : " (rialto --help shows how.)")
        }
    }

    var json: JSON {
        ["error": ["reason": .string(reason.rawValue), "message": .string(message)]]
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
    }
}
