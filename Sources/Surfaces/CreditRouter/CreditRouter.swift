package import Domain
import HTTPTypes
package import Hummingbird

/// The router's own API, which is OpenAI's where it has the same: docs/dialects/credit-router.md.
package struct CreditRouter: Dialect {
    static let base = "/openai/v1"

    let router: ModelRouter
    let keys: RouterKeys
    let runs: Runs
    let limits: Limits
    let streams: RunStream
    let answers: WholeAnswer
    private let failures: TokenFailures

    package init(_ house: Entrance.Furniture, router: ModelRouter, keys: RouterKeys) {
        self.router = router
        self.keys = keys
        runs = house.runs
        limits = house.limits
        streams = house.streams
        answers = house.answers
        failures = house.failures
    }

    package func open(_ doors: Doors) {
        doors.on(.post, [Self.base + "/chat/completions"], chat)
        doors.on(.post, [Self.base + "/embeddings"], embed)
        doors.on(.get, [Self.base + "/models"], listModels)
        // Names of models may have a slash in them.
        doors.on(.get, [Self.base + "/models/{model}", Self.base + "/models/{model}/{rest}"], showModel)
        doors.on(.get, [Self.base + "/key"], showKey)
    }

    package func owns(path: String) -> Bool {
        path == "/openai" || path.hasPrefix("/openai/")
    }

    /// The key that comes with a request.
    /// - Throws: `unauthenticated` for none, for one of another kind, and for one that is not known.
    func key(of request: Request, _ context: DoorContext) async throws -> RouterKey {
        let key = try await context.notes.timing("auth") {
            guard let letters = BearerDoor.token(request.headers[.authorization]) else {
                throw Self.unknown("A router key is needed: “Authorization: Bearer \(RouterKey.Letters.prefix)…”.")
            }
            guard letters.hasPrefix(RouterKey.Letters.prefix) else { throw Self.otherKey(letters) }
            return try await recognise(letters, at: context.remoteAddress)
        }
        context.notes.note { $0.principal = key.user }
        return key
    }

    private func recognise(_ letters: String, at address: String) async throws -> RouterKey {
        if let seconds = failures.wait(for: address) {
            throw Refusal(
                .limitExceeded, "Too many wrong keys; wait before trying again.", retryAfterSeconds: seconds)
        }
        if let key = try await keys.recognise(letters) { return key }
        failures.note(address)
        throw Self.unknown("The router key is not known.")
    }

    private static func unknown(_ message: String) -> Refusal {
        Refusal(.unauthenticated, message, code: "invalid_api_key")
    }

    private static func otherKey(_ letters: String) -> Refusal {
        let isOfShop = letters.hasPrefix("ask_") || letters.hasPrefix("own_")
        let what = isOfShop ? "This key buys; it does not ask models." : "This is no router key."
        return Refusal(
            .unauthenticated, "\(what) A router key is needed (ark_…): make one with router_api_key_create.",
            code: isOfShop ? "router_key_required" : "invalid_api_key")
    }
}
