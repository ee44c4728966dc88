import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// A multipart form on its way in: what fields say is kept, files go to the store as they come.
struct FormReception {
    /// What becomes of a part.
    enum Use {
        case field, file, nothing
    }

    /// Begins to take a file in, knowing the form as far as it has come.
    typealias Opening = (Multipart.Part, FormReception) async throws -> Opened

    /// Where the bytes of a file go, and the place that was kept for it, if any was.
    struct Opened {
        let upload: Upload
        var ticket: UploadTicket?
    }

    /// A file of the form, in the store but not yet complete.
    struct Received {
        let part: Multipart.Part
        let upload: Upload
        let ticket: UploadTicket?

        var fingerprint: JSON {
            [
                "filename": .string(part.filename ?? "file"), "type": .string(part.mediaType),
                "bytes": .string(Secret.base64URL(upload.fingerprint)),
            ]
        }
    }

    private var parser: MultipartParser
    private let use: (Multipart.Part) -> Use
    private let opening: Opening
    /// What fields may still say, all of them together; they are held in memory.
    private var room: Int
    private var part: Multipart.Part?
    private(set) var fields: [(name: String, value: ByteBuffer)] = []
    private(set) var uploads: [Received] = []

    /// A form whose files are a principal's own.
    init(
        _ request: Request, files: Files, principal: Principal, limits: Limits,
        use: @escaping (Multipart.Part) -> Use
    ) throws {
        try self.init(request, limits: limits, fileBytes: limits.fileBytes, use: use) { part, _ in
            let upload = try await files.begin(
                for: principal, filename: part.filename ?? "file", mediaType: part.mediaType)
            return Opened(upload: upload)
        }
    }

    /// - Parameters:
    ///   - fileBytes: what any file may have; one may be allowed less by whoever opens it.
    ///   - opening: called where a file begins.
    init(
        _ request: Request, limits: Limits, fileBytes: Int, use: @escaping (Multipart.Part) -> Use,
        opening: @escaping Opening
    ) throws {
        try ContentCoding.check(request)
        do {
            parser = MultipartParser(
                boundary: try Multipart.boundary(fromContentType: request.headers[.contentType] ?? ""),
                limits: Multipart.Limits(
                    partCount: limits.partCount, partHeaderBytes: limits.partHeaderBytes,
                    fieldBytes: limits.bodyBytes, fileBytes: fileBytes,
                    bodyBytes: fileBytes + limits.bodyBytes))
        } catch {
            throw error.refusal
        }
        self.use = use
        self.opening = opening
        room = limits.bodyBytes
    }

    /// Reads the form to its end.
    /// - Throws: what is wrong with it; then the caller must `abandon` what has come.
    mutating func receive(_ body: RequestBody) async throws {
        do {
            var chunks = body.makeAsyncIterator()
            while let chunk = try await Self.next(&chunks) { try await take(chunk) }
            try parser.finish()
        } catch let fault as Multipart.Fault {
            throw fault.refusal
        }
    }

    private static func next(_ chunks: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await chunks.next()
        } catch {
            throw Body.broken(error)
        }
    }

    private mutating func take(_ chunk: ByteBuffer) async throws {
        var events: [Multipart.Event] = []
        try parser.feed(chunk) { events.append($0) }
        for event in events {
            switch event {
            case .partBegan(let part): try await begin(part)
            case .partBytes(let bytes): try await take(bytesOfPart: bytes)
            case .partEnded: part = nil
            }
        }
    }

    private mutating func begin(_ part: Multipart.Part) async throws {
        self.part = part
        switch use(part) {
        case .nothing: break
        case .field: fields.append((part.name, ByteBuffer()))
        case .file:
            let opened = try await opening(part, self)
            uploads.append(Received(part: part, upload: opened.upload, ticket: opened.ticket))
        }
    }

    private mutating func take(bytesOfPart bytes: ByteBuffer) async throws {
        guard let part else { return }
        switch use(part) {
        case .nothing: break
        case .field:
            room -= bytes.readableBytes
            guard room >= 0 else {
                throw Refusal(.tooLarge, "The fields of the form are too large.", field: part.name)
            }
            fields[fields.count - 1].value.writeImmutableBuffer(bytes)
        case .file: try await uploads.last?.upload.append(bytes.readableBytesView)
        }
    }

    /// Forgets the files that have come.
    func abandon() async {
        for received in uploads { await received.upload.abandon() }
    }
}

extension Multipart.Part {
    /// Without its parameters.
    fileprivate var mediaType: String {
        StoredFile.mediaType(of: filename ?? "", given: contentType.prefix { $0 != ";" }.filter { $0 != " " })
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
