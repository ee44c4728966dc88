import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The upload door: one file in a multipart form.
extension AgenticStar {
    func upload(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        // Looked at before the file is read for nothing; its fingerprint comes after.
        _ = try IdempotencyKey.header(of: request)
        var form = try FormReception(request, files: files, principal: principal, limits: limits) { part in
            part.name == "file" ? .file : .nothing
        }
        do {
            try await form.receive(request.body)
            guard let received = form.uploads.first else {
                throw Refusal.invalid("file", "The form has no part named “file”.")
            }
            guard form.uploads.count == 1 else { throw Refusal.invalid("file", "A form holds one file.") }
            let key = try IdempotencyKey(of: request, asking: Array(received.fingerprint.render().utf8))
            let (file, isRepeated) = try await files.complete(received.upload, for: principal, idempotency: key)
            var response = Self.answer(Self.render(file), status: .created)
            if isRepeated { response.headers[.idempotentReplayed] = "true" }
            return response
        } catch {
            await form.abandon()
            throw error
        }
    }
}
