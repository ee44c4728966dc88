import Domain
import Hummingbird

/// The headers with which a request says that it comes again, or goes on.
extension IdempotencyKey {
    /// The key covers the request as it was understood, however it was spelled; nil without the header.
    init?(of request: Request, asking understood: @autoclosure () throws -> [UInt8]) throws {
        guard let key = try Self.header(of: request) else { return nil }
        self = try IdempotencyKey(path: request.uri.path, key: key, request: understood())
    }

    /// The key that a request is sent with, however often it says so.
    /// - Throws: `invalid` for two that differ.
    static func header(of request: Request) throws(Refusal) -> String? {
        var key: String?
        for header in request.headers[values: .idempotencyKey] {
            let other = try IdempotencyKey.parse(header)
            guard key == nil || key == other else {
                throw .invalid("Idempotency-Key", "The request has two Idempotency-Key headers that differ; send one.")
            }
            key = other
        }
        return key
    }
}

extension Cursor {
    /// `Last-Event-ID`, or nil.
    static func header(of request: Request) throws -> Cursor? {
        guard let header = request.headers[.lastEventID], !header.isEmpty else { return nil }
        return try Cursor(parsing: header)
    }
}
