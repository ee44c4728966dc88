import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// A request's body, read to its end.
enum Body {
    /// A body without a type is taken for JSON.
    /// - Throws: `tooLarge` past `limits.body_bytes`, `invalid` for what is not JSON.
    static func json(of request: Request, _ limits: Limits) async throws -> JSON {
        try checkType(request.headers[.contentType])
        guard let json = try await jsonIfAny(of: request, limits) else {
            throw Refusal(.invalid, "The body is empty; it must be JSON.")
        }
        return json
    }

    /// A body that may be missing.
    static func jsonIfAny(of request: Request, _ limits: Limits) async throws -> JSON? {
        let buffer = try await whole(of: request, limits)
        guard buffer.readableBytes > 0 else { return nil }
        try checkType(request.headers[.contentType])
        do {
            return try JSON.parse(buffer)
        } catch {
            throw Refusal(.invalid, "The body is not JSON: \(error).")
        }
    }

    /// - Throws: `tooLarge` past `limits.body_bytes`.
    static func whole(of request: Request, _ limits: Limits) async throws -> ByteBuffer {
        try ContentCoding.check(request)
        let tooLarge = Refusal(.tooLarge, "A body may have \(limits.bodyBytes) bytes.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
            throw tooLarge
        }
        do {
            return try await request.body.collect(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw broken(error)
        }
    }

    /// A client that leaves half way, or whose chunks are no chunks, is no fault of the server.
    static func broken(_ error: any Error) -> any Error {
        if error is Refusal || error is SlowBody || error is Unreadable { return error }
        return Refusal(.invalid, "The body could not be read to its end.")
    }

    private static func checkType(_ header: String?) throws {
        guard let header, !header.isEmpty else { return }
        let type = header.prefix { $0 != ";" }.lowercased().replacing(" ", with: "")
        guard type == "application/json" || type.hasSuffix("+json") else {
            throw Refusal(.unsupported, "The body must be application/json.", field: Refusal.mediaTypeField)
        }
    }
}
