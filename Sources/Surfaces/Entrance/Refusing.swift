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
            return try await next(request, context)
        } catch {
            let dialect = dialects.first { $0.owns(path: request.uri.path) } ?? dialects[0]
            return answer(to: error, in: dialect, request, context)
        }
    }

    private func answer(
        to error: any Error, in dialect: any Dialect, _ request: Request, _ context: DoorContext
    ) -> Response {
        switch error {
        case let refusal as Refusal:
            return Self.refuse(refusal, in: dialect)
        case let wrong as WrongMethod:
            let path = request.uri.path
            let refusal = Refusal(.invalid, "\(path) takes \(wrong.allowed), not \(request.method.rawValue).")
            var response = dialect.refuse(refusal, status: .methodNotAllowed)
            response.headers[.allow] = wrong.allowed
            return response
        case let error as HTTPError where error.status == .notFound:
            return dialect.refuse(Refusal(.notFound, "There is nothing at \(request.uri.path)."), status: .notFound)
        case is SlowBody:
            return dialect.refuse(Refusal(.invalid, "The body came too slowly."), status: .requestTimeout)
        case is NIOTooManyBytesError:
            return dialect.refuse(Refusal(.tooLarge, "The body is too large."), status: .contentTooLarge)
        default:
            context.logger.error("A request failed", metadata: ["cause": "\(error)", "path": "\(request.uri.path)"])
            return dialect.refuse(.hidden, status: .internalServerError)
        }
    }

    static func refuse(_ refusal: Refusal, in dialect: any Dialect) -> Response {
        var response = dialect.refuse(refusal, status: refusal.reason.status)
        if let seconds = refusal.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        return response
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
