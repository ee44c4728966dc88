import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns whatever a door throws into an answer of the dialect whose path it is.
struct Refusing: RouterMiddleware {
    let dialects: [any Dialect]

    func handle(
        _ request: Request, context: DoorContext, next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        do {
            // The body of such a request has nothing but what was wrong with it.
            if request.method == .unreadable { _ = try await request.body.collect(upTo: 0) }
            return try await next(request, context)
        } catch {
            let dialect = dialects.first { $0.owns(path: request.uri.path) } ?? dialects[0]
            return answer(to: error, in: dialect, request, context)
        }
    }

    private func answer(
        to error: any Error, in dialect: any Dialect, _ request: Request, _ context: DoorContext
    ) -> Response {
        let (path, id) = (request.uri.path, context.notes.now.requestID)
        let refuse: (Refusal, HTTPResponse.Status) -> Response = {
            dialect.refuse($0, status: $1, at: path, requestID: id)
        }
        switch error {
        case let refusal as Refusal:
            return Self.refuse(refusal, in: refuse)
        case let wrong as WrongMethod:
            let refusal = Refusal(.invalid, "\(path) takes \(wrong.allowed), not \(request.method.rawValue).")
            var response = refuse(refusal, .methodNotAllowed)
            response.headers[.allow] = wrong.allowed
            return response
        case let error as HTTPError where error.status == .notFound:
            return refuse(Refusal(.notFound, "There is nothing at \(path)."), .notFound)
        case is SlowBody:
            let refusal = Refusal(.invalid, "The body came too slowly.")
            return Self.closing(refuse(refusal, .requestTimeout))
        case let error as Unreadable:
            context.logger.info("A request could not be read", metadata: ["cause": "\(error.refusal.message)"])
            return Self.closing(refuse(error.refusal, error.status))
        case is NIOTooManyBytesError:
            return refuse(Refusal(.tooLarge, "The body is too large."), .contentTooLarge)
        default:
            context.logger.error("A request failed", metadata: ["cause": "\(error)", "path": "\(path)"])
            return refuse(.hidden, .internalServerError)
        }
    }

    /// Where a request is lost, none after it on its connection can be found.
    private static func closing(_ response: Response) -> Response {
        var response = response
        response.headers[.connection] = "close"
        return response
    }

    /// - Parameter shape: how the door says no.
    static func refuse(_ refusal: Refusal, in shape: (Refusal, HTTPResponse.Status) -> Response) -> Response {
        var response = shape(refusal, refusal.status)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if refusal.field == ContentCoding.field { response.headers[.acceptEncoding] = "identity" }
        return response
    }
}

extension Refusal {
    static let mediaTypeField = "Content-Type"

    /// A type or a coding of the body that is not taken has a status of its own.
    var status: HTTPResponse.Status {
        let isOfBody = [Self.mediaTypeField, ContentCoding.field].contains(field)
        return reason == .unsupported && isOfBody ? .unsupportedMediaType : reason.status
    }
}

extension Refusal.Reason {
    /// The usual status of a reason; a dialect may choose another.
    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .mismatch: .unprocessableContent
        case .gone: .gone
        case .tooLarge: .contentTooLarge
        case .unsupported: .badRequest
        case .insufficientFunds: .init(code: 402, reasonPhrase: "Payment Required")
        case .limitExceeded: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }
}
