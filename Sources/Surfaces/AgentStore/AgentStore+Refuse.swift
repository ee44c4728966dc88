package import Domain
package import HTTPTypes
package import Hummingbird
import Wire

/// No, in this dialect: `{"error": {…}}`.
extension AgentStore {
    package func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response {
        Self.refuse(refusal, status: status, requestID: nil)
    }

    package func refuse(
        _ refusal: Refusal, status: HTTPResponse.Status, at path: String, requestID: String
    ) -> Response {
        Self.refuse(refusal, status: status, requestID: requestID)
    }

    /// - Parameter status: nil for what the refusal's code or reason has.
    static func refuse(_ refusal: Refusal, status: HTTPResponse.Status? = nil, requestID: String?) -> Response {
        let fault = Fault(refusal, status: status?.code)
        var response = Response(
            ["error": fault.json(requestID: requestID)], status: HTTPResponse.Status(code: fault.class.status))
        response.forbidStoring()
        if fault.class.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        if fault.class.status == 413 { response.headers[.connection] = "close" }
        if let milliseconds = fault.retryAfterMilliseconds {
            response.headers[.retryAfter] = "\((milliseconds + 999) / 1000)"
        }
        return response
    }
}
