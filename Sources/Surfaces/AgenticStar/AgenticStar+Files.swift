import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The upload door: one file in a multipart form.
extension AgenticStar {
    func upload(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await principal(of: request, context)
        try ContentCoding.check(request)
        // Looked at before the file is read for nothing; its fingerprint comes after.
        _ = try Self.idempotencyKey(of: request)
        var reception = try FileReception(request, files: files, principal: principal, limits: limits)
        do {
            var chunks = request.body.makeAsyncIterator()
            while let chunk = try await Self.next(&chunks) { try await reception.take(chunk) }
            let upload = try reception.finish()
            let key = try Self.idempotencyKey(
                of: request, asking: Array(reception.fingerprint(of: upload).render().utf8))
            let (file, isRepeated) = try await files.complete(upload, for: principal, idempotency: key)
            var response = Self.answer(Self.render(file), status: .created)
            if isRepeated { response.headers[.idempotentReplayed] = "true" }
            return response
        } catch {
            await reception.abandon()
            if let fault = error as? Multipart.Fault { throw fault.refusal }
            throw error
        }
    }

    private static func next(_ chunks: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await chunks.next()
        } catch {
            throw brokenBody(error)
        }
    }
}

/// A form on its way in: its part named `file` goes to the store, all others are passed over.
private struct FileReception {
    private var parser: MultipartParser
    private let files: Files
    private let principal: Principal
    private var upload: Upload?
    private var part: Multipart.Part?
    private var file: Multipart.Part?

    init(_ request: Request, files: Files, principal: Principal, limits: Limits) throws {
        do {
            parser = MultipartParser(
                boundary: try Multipart.boundary(fromContentType: request.headers[.contentType] ?? ""),
                limits: Multipart.Limits(
                    partCount: limits.partCount, partHeaderBytes: limits.partHeaderBytes,
                    fieldBytes: limits.bodyBytes, fileBytes: limits.fileBytes,
                    bodyBytes: limits.fileBytes + limits.bodyBytes))
        } catch {
            throw error.refusal
        }
        self.files = files
        self.principal = principal
    }

    mutating func take(_ chunk: ByteBuffer) async throws {
        var events: [Multipart.Event] = []
        try parser.feed(chunk) { events.append($0) }
        for event in events {
            switch event {
            case .partBegan(let part): try await begin(part)
            case .partBytes(let bytes): if part?.name == "file" { try await upload?.append(bytes.readableBytesView) }
            case .partEnded: part = nil
            }
        }
    }

    private mutating func begin(_ part: Multipart.Part) async throws {
        self.part = part
        guard part.name == "file" else { return }
        guard upload == nil else { throw Refusal.invalid("file", "A form holds one file.") }
        file = part
        upload = try await files.begin(
            for: principal, filename: part.filename ?? "file", mediaType: part.mediaType)
    }

    func finish() throws -> Upload {
        try parser.finish()
        guard let upload else { throw Refusal.invalid("file", "The form has no part named “file”.") }
        return upload
    }

    func fingerprint(of upload: Upload) -> JSON {
        [
            "filename": .string(file?.filename ?? "file"), "type": .string(file?.mediaType ?? ""),
            "bytes": .string(Secret.base64URL(upload.fingerprint)),
        ]
    }

    func abandon() async {
        await upload?.abandon()
    }
}

extension Multipart.Part {
    /// The type without its parameters; a plain type is guessed better from the name's ending.
    fileprivate var mediaType: String {
        let given = contentType.prefix { $0 != ";" }.lowercased().replacing(" ", with: "")
        guard ["", "application/octet-stream", "text/plain"].contains(given) else { return given }
        let ending = (filename ?? "").split(separator: ".").last.map { $0.lowercased() } ?? ""
        let known = [
            "md": "text/markdown", "txt": "text/plain", "json": "application/json", "csv": "text/csv",
            "html": "text/html", "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml",
            "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
            "pdf": "application/pdf",
        ]
        return known[ending] ?? (given.isEmpty ? "application/octet-stream" : given)
    }
}

extension Multipart.Fault {
    fileprivate var refusal: Refusal {
        switch reason {
        case .notMultipart, .malformed: Refusal(.invalid, problem)
        case .tooLarge: Refusal(.tooLarge, problem)
        }
    }
}
