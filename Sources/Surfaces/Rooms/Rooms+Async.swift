import Domain
import Hummingbird
import Wire

/// The door for those who do not wait: a request is kept, and answered when its turn comes.
extension Rooms {
    func enqueue(_ request: Request, _ context: DoorContext) async throws -> Response {
        let access = try await access(request, context)
        try await pass(access, context)
        // Looked at before files are read for nothing; its fingerprint comes after.
        _ = try IdempotencyKey.header(of: request)
        let received = try await receive(request, access)
        do {
            let callback = try target(received.parameters, access.key)
            var order = try await order(received, request, access, context)
            order.callback = callback
            let (run, isRepeated) = try await begin(order, context) { try await runs.enqueue($0) }
            if isRepeated { await received.form?.abandon() }
            context.notes.note { $0.run = run }
            var response = Self.answer(.string(run.uuid))
            response.headers[.runID] = run.uuid
            if isRepeated { response.headers[.idempotentReplayed] = "true" }
            return response
        } catch {
            // Where the store was lost the request may have been kept, and then its files are needed.
            if (error as? Refusal)?.reason != .unavailable { await received.form?.abandon() }
            throw error
        }
    }

    /// Whom to tell, and with which key's secret.
    private func target(_ parameters: RoomsParameters, _ key: APIKey) throws(Refusal) -> Callback.Target? {
        guard let url = parameters.callbackURL else { return nil }
        do {
            try outbound.check(url: url)
        } catch {
            throw .invalid("callback_url", "callback_url: \(error.message)")
        }
        return Callback.Target(key: key.id, url: url)
    }
}
