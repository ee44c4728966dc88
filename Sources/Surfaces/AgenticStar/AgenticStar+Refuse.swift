package import Domain
package import HTTPTypes
package import Hummingbird
import NIOCore
import Wire

/// No, in this dialect: `{"error":{"message","type","param","code"}}`.
extension AgenticStar {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status) -> Response {
        let isWrongType = refusal.reason == .unsupported && refusal.field == Self.mediaTypeField
        let status = isWrongType ? .unsupportedMediaType : status
        var response = Self.answer(Self.body(of: refusal, status: status), status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    static func body(of refusal: Refusal, status: HTTPResponse.Status) -> JSON {
        let code = refusal == .hidden ? "internalError" : refusal.reason.rawValue
        return [
            "error": [
                "message": .string(refusal.message), "type": .string(type(of: refusal, status: status)),
                "param": refusal.field.map { .string($0) } ?? .null, "code": .string(code),
            ]
        ]
    }

    private static func type(of refusal: Refusal, status: HTTPResponse.Status) -> String {
        switch refusal.reason {
        case .unavailable: return "server_error"
        case .unauthenticated: return "authentication_error"
        case .forbidden: return "permission_error"
        case .notFound: return "not_found_error"
        case .conflict: return "conflict_error"
        case .limitExceeded: return "rate_limit_error"
        case .invalid, .mismatch, .gone, .tooLarge, .unsupported, .insufficientFunds: return "invalid_request_error"
        }
    }

    static func answer(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        var buffer = ByteBuffer()
        json.render(into: &buffer)
        return Response(
            status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: buffer))
    }
}
