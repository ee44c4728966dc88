package import Domain
package import HTTPTypes
package import Hummingbird
import Wire

/// No, in this dialect: `{"type","code","details"}`, and as RFC 6749 has it where tokens are made.
extension StackSpot {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response {
        guard Self.isTokenPlace(path) else { return Self.refuse(refusal, status: status) }
        return TokenFault(refusal, status: status).response()
    }

    /// - Parameter isOfRun: whether it ended a run, rather than kept a request from being one.
    static func refuse(_ refusal: Refusal, status: HTTPResponse.Status, isOfRun: Bool = false) -> Response {
        let status = refusal == .hidden ? .internalServerError : status
        var response = Response(error(refusal, status: status, isOfRun: isOfRun), status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    static func error(_ refusal: Refusal, status: HTTPResponse.Status, isOfRun: Bool = false) -> JSON {
        let name = names[status.code] ?? (status.code < 500 ? "BadRequest" : "InternalServerError")
        // What is wrong with a question is found before its run begins: after that the model's server says so.
        let isOfModel = refusal.field == modelField || isOfRun && refusal.reason == .invalid
        let code =
            switch status {
            case .tooManyRequests: "INFERENCE_3008_CHAT_RATE_LIMIT_EXCEEDED"
            case .badRequest where isOfModel: "INFERENCE_6001_LLM_MODEL_BAD_REQUEST"
            default: "INFERENCE_\(status.code)0_\(letters(name))"
            }
        return [
            "type": .string(name == "BadRequest" ? "BadRequestError" : name), "code": .string(code),
            "details": .string(details(refusal)),
        ]
    }

    /// What ended a run that failed.
    static func failure(_ refusal: Refusal) -> JSON {
        error(refusal, status: refusal == .hidden ? .internalServerError : refusal.status, isOfRun: true)
    }

    /// Said to a reader who is to go on through another server.
    static let handover: JSON = [
        "type": "ServiceUnavailable", "code": "handover",
        "details": "This server stops, and the answer goes on: follow the run again, with its Last-Event-ID.",
    ]

    static let modelField = "selected_model"

    private static let names = [
        400: "BadRequest", 401: "Unauthorized", 402: "PaymentRequired", 403: "Forbidden", 404: "NotFound",
        405: "MethodNotAllowed", 408: "RequestTimeout", 409: "Conflict", 410: "Gone", 413: "PayloadTooLarge",
        415: "UnsupportedMediaType", 422: "UnprocessableEntity", 429: "TooManyRequests", 500: "InternalServerError",
        503: "ServiceUnavailable",
    ]

    /// `NotFound` is `NOT_FOUND` in codes.
    private static func letters(_ name: String) -> String {
        name.reduce(into: "") { code, letter in
            if letter.isUppercase, !code.isEmpty { code += "_" }
            code += letter.uppercased()
        }
    }

    /// The words of a refusal; they name the field at fault, as this dialect spells it.
    private static func details(_ refusal: Refusal) -> String {
        guard let field = refusal.field.map(spelled), !refusal.message.contains(field) else { return refusal.message }
        return "\(field): \(refusal.message)"
    }

    private static func spelled(_ field: String) -> String {
        if field == "conversationId" { return "conversation_id" }
        return field == "files" || field.hasPrefix("files[") ? "upload_ids" + field.dropFirst(5) : field
    }
}
