import Logging

/// One attempt: what is said, and what comes back.
extension Courier {
    /// As much of an answer as is read; nothing is made of it.
    private static let answerBytes = 4096

    /// What a receiver answered, or why it did not.
    struct Reply: Sendable, Equatable {
        var status: Int?
        var problem: String?
        /// Whether the receiver was asked at all; where it was not, it is not to blame.
        var wasAsked = true
        /// Whether there is nobody any more in whose name it could be sent.
        var isHopeless = false
        /// When the receiver wants to be asked again.
        var retryAfterSeconds: Int?

        var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }
        /// Whether the receiver has too much to do.
        var asksForRest: Bool { [429, 502, 504].contains(status) }
    }

    func send(_ callback: Callback) async -> Reply {
        do {
            return try await reply(to: callback)
        } catch let fault as OutboundFault {
            return Reply(problem: fault.message, wasAsked: fault.reason == .unreachable || fault.reason == .timedOut)
        } catch let refusal as Refusal {
            return Reply(problem: refusal.message, wasAsked: false, isHopeless: refusal.reason == .gone)
        } catch {
            logger.error("A callback could not be made", metadata: ["run": "\(callback.run)", "cause": "\(error)"])
            return Reply(problem: "Internal error", wasAsked: false)
        }
    }

    private func reply(to callback: Callback) async throws -> Reply {
        guard let run = try await store.read({ try $0.run(id: callback.run) }) else {
            throw Refusal(.gone, "The run was removed.")
        }
        guard let secret = try await keys.webhookSecret(of: callback.target.key) else {
            throw Refusal(.gone, "The key was removed, and its secret with it.")
        }
        let told = try await body(run)
        let signed = WebhookSignature.headers(
            id: callback.messageID, at: world.now(), body: told, secret: secret)
        guard let signed else { throw Refusal(.invalid, "The key's webhook secret is none.") }
        var request = OutboundRequest(url: callback.target.url)
        request.method = "POST"
        request.headers = signed.merging(["content-type": "application/json", "user-agent": "Rialto"]) { $1 }
        request.body = told
        request.seconds = limits.callbackSeconds
        request.answerBytes = Self.answerBytes
        let answer = try await outbound.send(request)
        return Reply(status: answer.status, retryAfterSeconds: answer.retryAfterSeconds)
    }
}
