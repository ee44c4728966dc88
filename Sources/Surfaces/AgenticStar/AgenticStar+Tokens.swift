import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The two token endpoints. Marketplace wraps answers in `success`; SaaS speaks RFC 6749 to the letter.
extension AgenticStar {
    func marketplaceToken(_ request: Request, _ context: DoorContext) async throws -> Response {
        try await token(request, context, isWrapped: true)
    }

    func saasToken(_ request: Request, _ context: DoorContext) async throws -> Response {
        try await token(request, context, isWrapped: false)
    }

    private func token(_ request: Request, _ context: DoorContext, isWrapped: Bool) async throws -> Response {
        do {
            let issued = try await desk.issue(request, context, needsGrantType: !isWrapped) { client in
                // One that has a realm gets its tokens there.
                client.realm == nil
            }
            var body: JSON.Object = isWrapped ? ["success": true] : [:]
            for member in issued.json.members { body[member.key] = member.value }
            var response = Self.answer(.object(body))
            response.forbidStoring()
            return response
        } catch let fault as TokenFault {
            return fault.response(isWrapped: isWrapped)
        }
    }
}
