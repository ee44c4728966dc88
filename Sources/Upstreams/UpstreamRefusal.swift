import Domain
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// A server's "no": its status, what it says beside it, and what that means.
struct UpstreamRefusal {
    private let status: Int
    private let headers: HTTPHeaders
    private let words: Complaint

    init(_ head: HTTPResponseHead, _ body: ByteBuffer) {
        status = Int(head.status.code)
        headers = head.headers
        words = Complaint(body)
    }

    func fault(_ upstream: HTTPUpstream, model: String) -> UpstreamFault {
        let said = words.message.map(upstream.quoted)
        let (reason, clause) = meaning(said: said, model: model, hasKey: upstream.settings.keyVariable != nil)
        return UpstreamFault(
            upstream.settings.name, clause, reason: reason, isTransient: isTransient,
            retryAfterSeconds: isTransient ? retryAfterSeconds : nil)
    }

    /// OpenAI's own header before the standard one.
    private var retryAfterSeconds: Double? {
        if let milliseconds = headers.first(name: "retry-after-ms").flatMap(RetryAfter.number) {
            return milliseconds / 1000
        }
        return headers.first(name: "Retry-After").flatMap { RetryAfter.seconds($0, now: Date()) }
    }

    private var isTransient: Bool {
        if let advice = headers.first(name: "x-should-retry")?.lowercased() {
            if advice == "false" { return false }
            if advice == "true" { return true }
        }
        return switch status {
        case 408, 409, 425: true
        case 429: !isOutOfCredit
        case 501, 505: false
        default: status >= 500
        }
    }

    /// OpenAI answers 429 for this too, and waiting does not help.
    private var isOutOfCredit: Bool {
        status == 402 || words.code == "insufficient_quota" || words.type == "insufficient_quota"
            || words.type == "billing_error"
    }

    private func meaning(said: String?, model: String, hasKey: Bool) -> (Refusal.Reason, String) {
        let saying = said.map { ": \($0)" } ?? "."
        return switch status {
        case _ where isOutOfCredit: (.unavailable, "has no credit left (\(status)).")
        case 300..<400: (.unavailable, "redirects elsewhere (\(status)); its URL must be the final one.")
        case 400, 422: (.invalid, "did not accept the question (\(status))\(saying)")
        case 401, 403: (.unavailable, hasKey ? "refused its key (\(status))." : "asks for a key (\(status)).")
        case 404: (.unavailable, "does not know the model “\(model)” (404)\(saying)")
        case 413: (.tooLarge, "finds the question too large (413).")
        case 429: (.unavailable, "takes no more questions at the moment (429).")
        case 503, 529: (.unavailable, "is overloaded (\(status)).")
        case 500...: (.unavailable, "failed (\(status)).")
        default: (.unavailable, "answered with status \(status)\(saying)")
        }
    }
}

/// What the body of a refusal says, in the shapes that servers use.
private struct Complaint {
    let message: String?
    let type: String?
    let code: String?

    init(_ body: ByteBuffer) {
        guard let json = try? JSON.parse(body) else {
            message = Self.plain(body)
            type = nil
            code = nil
            return
        }
        let error = json["error"] ?? json
        let text = error.string ?? error["message"]?.string ?? json["message"]?.string ?? Self.detail(json)
        message = text.flatMap { $0.isEmpty ? nil : $0 }
        type = error["type"]?.string
        code = error["code"]?.string
    }

    /// FastAPI's way: a text, or a list of what is wrong with which field.
    private static func detail(_ json: JSON) -> String? {
        guard let detail = json["detail"] else { return nil }
        return detail.string ?? detail.array?.compactMap { $0["msg"]?.string }.joined(separator: "; ")
    }

    /// A body that is neither JSON nor a page, unless it was too long to read to its end.
    private static func plain(_ body: ByteBuffer) -> String? {
        guard body.readableBytes < AnswerLimits.refusalBytes else { return nil }
        let text = String(buffer: body)
        return text.allSatisfy(\.isWhitespace) || text.contains("<") ? nil : text
    }
}
