package import Domain
package import HTTPTypes
package import Hummingbird
import Wire

/// No, in this dialect: `{"detail": "…"}`.
extension Rooms {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response {
        var response = Self.answer(["detail": .string(refusal.message)], status: status)
        if status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    static func answer(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(json, status: status)
    }

    /// What the last event of a run that failed says.
    static func error(_ reason: String, _ message: String) -> JSON {
        ["error": ["reason": .string(reason), "message": .string(message)]]
    }
}
