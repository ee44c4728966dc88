import Foundation

/// Takes files in two steps: a signed form first, then the file with it, once.
package struct Uploads: Sendable {
    private let store: any Store
    private let world: World
    private let limits: Limits
    private let files: Files
    private let knowledge: Knowledge
    private let master: MasterKey

    package init(
        store: any Store, world: World, limits: Limits, files: Files, knowledge: Knowledge, master: MasterKey
    ) {
        self.store = store
        self.world = world
        self.limits = limits
        self.files = files
        self.knowledge = knowledge
        self.master = master
    }

    /// What the file's sender has to send along.
    package struct Form: Sendable {
        package var key: String
        package var policy: String
        package var signature: String

        package init(key: String, policy: String, signature: String) {
            self.key = key
            self.policy = policy
            self.signature = signature
        }
    }

    /// A place for one file.
    /// - Parameter expiration: seconds in which it may come; no more than `uploads.form_seconds`.
    /// - Throws: `invalid` or `unsupported` for a file that could not be used, `notFound` for a source that is not.
    package func open(
        _ filename: String, for target: UploadTicket.Target, expiration: Int?, by principal: Principal,
        idempotency key: IdempotencyKey? = nil
    ) async throws -> (ticket: UploadTicket, form: Form, isRepeated: Bool) {
        guard !filename.isEmpty, filename.utf8.count <= 1000 else {
            throw Refusal.invalid("file_name", "file_name is 1 to 1000 bytes of text.")
        }
        // Clients ask for hours as a matter of course; the policy says how long it is.
        let seconds = min(expiration ?? limits.uploadSeconds, limits.uploadSeconds)
        guard seconds > 0 else { throw Refusal.invalid("expiration", "expiration is more than 0.") }
        let now = world.now()
        let ticket = UploadTicket(
            id: world.newID(), account: principal.account, principal: principal.id, filename: filename,
            target: target, createdAt: now, expiresAt: now.adding(seconds: seconds))
        try check(ticket)
        let claim = key?.claim(by: principal, for: ticket.id, at: now)
        let placed = try await store.write { rows -> (ticket: UploadTicket, isRepeated: Bool) in
            if let standing = try rows.standing(claim) {
                guard let first = try rows.uploadTicket(id: standing.subject) else {
                    throw Refusal(.gone, "The upload that this Idempotency-Key stands for is no longer kept.")
                }
                return (first, true)
            }
            if case .source(let slug) = target {
                _ = try Knowledge.source(slug, for: ticket.viewer, field: "target_id", in: rows)
            }
            try rows.insert(ticket)
            return (ticket, false)
        }
        return (placed.ticket, try form(for: placed.ticket), placed.isRepeated)
    }

    private func check(_ ticket: UploadTicket) throws(Refusal) {
        let type = StoredFile.mediaType(of: ticket.filename, given: "")
        let isUsable =
            switch ticket.target {
            case .context: StoredFile.use(of: type) != nil
            case .source: StoredFile.use(of: type) == .text || type == "application/pdf"
            }
        guard isUsable else {
            throw Refusal(
                .unsupported, "A file of the type \(type) cannot be used for this; its name tells the type.",
                field: "file_name")
        }
    }

    /// The most bytes that the file of a ticket may have.
    package func mostBytes(_ ticket: UploadTicket) -> Int {
        if case .source = ticket.target { limits.documentBytes } else { limits.fileBytes }
    }

    /// As object stores have it: conditions in JSON and base64, signed with HMAC-SHA256.
    private func form(for ticket: UploadTicket) throws -> Form {
        let conditions = """
            {"expiration":"\(ticket.expiresAt.iso8601)","conditions":[{"key":"\(ticket.id.uuid)"},\
            ["content-length-range",0,\(mostBytes(ticket))]]}
            """
        let policy = Data(conditions.utf8).base64EncodedString()
        return Form(key: ticket.id.uuid, policy: policy, signature: master.signature(of: policy))
    }

    /// The file comes.
    /// - Throws: `forbidden` for a form that is not as it was signed, `gone` for one past its time or used before.
    package func begin(_ form: Form) async throws -> (ticket: UploadTicket, upload: Upload) {
        guard Secret.equal(form.signature, master.signature(of: form.policy)), let id = ID(uuid: form.key),
            let ticket = try await store.read({ try $0.uploadTicket(id: id) }),
            Secret.equal(form.policy, try self.form(for: ticket).policy)
        else {
            throw Refusal(.forbidden, "The form is not the one that was signed.", field: "policy")
        }
        guard ticket.expiresAt > world.now() else { throw Refusal(.gone, "The form has expired.", field: "policy") }
        guard try await store.write({ try $0.useUploadTicket(id: id) }) else {
            throw Refusal(.gone, "The form has been used.", field: "key")
        }
        let upload: Upload
        do {
            upload = try await files.begin(
                for: ticket.viewer.uploader, id: id, filename: ticket.filename,
                mediaType: StoredFile.mediaType(of: ticket.filename, given: ""), limit: mostBytes(ticket),
                isForModels: ticket.target == .context)
        } catch {
            await giveBack(ticket)
            throw error
        }
        return (ticket, upload)
    }

    /// The file has come.
    package func finish(_ upload: Upload, _ ticket: UploadTicket) async throws {
        switch ticket.target {
        case .context:
            _ = try await files.complete(upload, for: ticket.viewer.uploader, idempotency: nil)
        case .source(let slug):
            _ = try await knowledge.take(upload, into: slug, indexes: nil, for: ticket.viewer)
        }
    }

    /// What came was nothing: the form may be used once more.
    package func giveBack(_ ticket: UploadTicket) async {
        _ = try? await store.write { try $0.giveBackUploadTicket(id: ticket.id) }
    }

    package func abandon(_ upload: Upload, _ ticket: UploadTicket) async {
        // A store that was lost may have kept it all the same.
        let file = try? await store.read { try $0.file(id: ticket.id) }
        guard file?.isComplete != true else { return }
        await upload.abandon()
        await giveBack(ticket)
    }

    /// A place that was given out, whether its file has come or not.
    /// - Throws: `notFound` for another account's.
    package func ticket(_ id: ID, for principal: Principal) async throws -> UploadTicket {
        guard let ticket = try await store.read({ try $0.uploadTicket(id: id) }), ticket.account == principal.account
        else { throw Refusal(.notFound, "There is no upload \(id).") }
        return ticket
    }
}
