import Domain
import HTTPTypes
import Hummingbird
import Wire

/// From a tool's answer to this dialect's.
extension AgentStore {
    func render(_ answer: ToolAnswer, requestID: String) -> Response {
        var response: Response
        if let refusal = answer.refusal {
            // The request's own id would make other letters of the same answer.
            response = Self.refuse(refusal, requestID: answer.refusedAs?.uuid ?? requestID)
        } else {
            response = Response(answer.body, status: Self.status(answer.kind))
            // What an account has, and secrets that are told once, are nobody else's.
            response.forbidStoring()
        }
        if answer.isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    private static func status(_ kind: ToolAnswer.Kind) -> HTTPResponse.Status {
        switch kind {
        case .ok: .ok
        case .created: .created
        case .accepted: .accepted
        }
    }
}
