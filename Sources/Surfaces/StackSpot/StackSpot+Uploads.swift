import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// Files in two steps, as object stores take them: a signed form, then the file with it.
extension StackSpot {
    func openForm(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let fields = try await Self.fields(of: request, limits)
        guard let name = try fields.string("file_name") else {
            throw Refusal.invalid("file_name", "file_name: a name is needed.")
        }
        let (target, expiration) = (try await target(fields, principal), try expiration(fields))
        let asked: JSON = [.string(name), .string("\(target)"), .integer(Int64(expiration ?? 0))]
        let (ticket, form, isRepeated) = try await uploads.open(
            name, for: target, expiration: expiration, by: principal,
            idempotency: try IdempotencyKey(of: request, asking: Array(asked.render().utf8)))
        var response = Response([
            "id": .string(ticket.id.ulid), "url": .string(publicURL + "/uploads/" + ticket.id.ulid),
            "form": [
                "key": .string(form.key), "x-amz-algorithm": "AWS4-HMAC-SHA256",
                "x-amz-date": .string(ticket.createdAt.compact), "x-amz-credential": "rialto",
                // Clients look for it; there is none.
                "x-amz-security-token": "",
                "policy": .string(form.policy), Self.signatureField: .string(form.signature),
            ],
        ])
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    /// Nobody has to say who they are: the form was signed for somebody.
    func receiveFile(_ request: Request, _ context: DoorContext) async throws -> Response {
        let id = try Self.id("upload", context)
        var form = try FormReception(
            request, limits: limits, fileBytes: max(limits.fileBytes, limits.documentBytes), use: Self.use
        ) { _, form in
            guard form.uploads.isEmpty else { throw Refusal.invalid("file", "A form holds one file.") }
            let (ticket, upload) = try await uploads.begin(Self.signed(form, for: id))
            return FormReception.Opened(upload: upload, ticket: ticket)
        }
        do {
            try await form.receive(request.body)
            guard let received = form.uploads.first, let ticket = received.ticket else {
                throw Refusal.invalid("file", "The form has no part named “file”.")
            }
            try await uploads.finish(received.upload, ticket)
            return Response(status: .noContent)
        } catch {
            for received in form.uploads {
                if let ticket = received.ticket { await uploads.abandon(received.upload, ticket) }
            }
            throw error
        }
    }

    private static let signatureField = "x-amz-signature"

    /// What else a client sends along says nothing that the policy does not say.
    private static func use(_ part: Multipart.Part) -> FormReception.Use {
        switch part.name {
        case "key", "policy", signatureField: .field
        case "file": .file
        default: .nothing
        }
    }

    /// The form as it was signed, which has to come before its file.
    private static func signed(_ form: FormReception, for id: ID) throws(Refusal) -> Uploads.Form {
        func field(_ name: String) throws(Refusal) -> String {
            guard let field = form.fields.first(where: { $0.name == name }) else {
                throw .invalid(name, "The form has no field “\(name)” before its file.")
            }
            return String(buffer: field.value)
        }
        let signed = Uploads.Form(
            key: try field("key"), policy: try field("policy"), signature: try field(signatureField))
        guard ID(uuid: signed.key) == id else {
            throw Refusal(.forbidden, "The form belongs to another upload.", field: "key")
        }
        return signed
    }

    private func target(_ fields: Fields, _ principal: Principal) async throws -> UploadTicket.Target {
        switch try fields.string("target_type") {
        case "CONTEXT": return .context
        case "KNOWLEDGE_SOURCE":
            guard let name = try fields.string("target_id") else {
                throw Refusal.invalid("target_id", "target_id: the knowledge source is missing.")
            }
            return .source(try await source(called: name, for: principal, field: "target_id").slug)
        default: throw Refusal.invalid("target_type", "target_type is CONTEXT or KNOWLEDGE_SOURCE.")
        }
    }

    /// Minutes, of which the domain wants seconds.
    private func expiration(_ fields: Fields) throws(Refusal) -> Int? {
        guard let minutes = try fields.integer("expiration") else { return nil }
        guard minutes > 0 else { throw .invalid("expiration", "expiration: expected minutes, got \(minutes)") }
        return min(minutes, Int.max / 60) * 60
    }
}

extension Timestamp {
    /// `20260314T103000Z`
    fileprivate var compact: String {
        iso8601.filter { $0 != "-" && $0 != ":" }.prefix(15) + "Z"
    }
}
