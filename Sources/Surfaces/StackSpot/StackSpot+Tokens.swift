import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The token door of each realm, as RFC 6749 has it.
extension StackSpot {
    /// A client gets its tokens in its own realm, and nowhere else.
    func giveToken(_ request: Request, _ context: DoorContext) async throws -> Response {
        let realm = context.parameter("realm")
        do {
            let issued = try await desk.issue(request, context, needsGrantType: true) { $0.realm == realm }
            var response = Response(.object(issued.json))
            response.forbidStoring()
            return response
        } catch let fault as TokenFault {
            return fault.response()
        }
    }

    /// `/<realm>/oidc`, and all that lies below.
    static func isTokenPlace(_ path: String) -> Bool {
        let words = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return words.count > 2 && words[2] == "oidc"
    }
}
