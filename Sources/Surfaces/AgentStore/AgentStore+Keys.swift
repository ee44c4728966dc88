import Domain
import HTTPTypes
import Hummingbird

/// Who asks: an agent by its key, or an owner by theirs.
extension AgentStore {
    /// - Throws: `unauthenticated` without an agent key that is honoured, `limitExceeded` where too many were guessed.
    func agent(of request: Request, _ context: DoorContext) async throws -> Buyer {
        let letters = try letters(of: request, needs: Self.agentKeyNeeded)
        guard Self.isOfAgent(letters) else { throw Self.wrongKey(letters, needs: Self.agentKeyNeeded) }
        let key = try await recognise(letters, context) { try await agentKeys.recognise($0)?.buyer }
        return named(key, context)
    }

    /// - Throws: `forbidden` for an agent key, and otherwise as `agent`.
    func owner(of request: Request, _ context: DoorContext) async throws -> Buyer {
        let letters = try letters(of: request, needs: Self.ownerKeyNeeded)
        if Self.isOfAgent(letters) {
            _ = try await recognise(letters, context) { try await agentKeys.recognise($0)?.buyer }
            throw Refusal(.forbidden, "No agent may do this: \(Self.ownerKeyNeeded)", code: "owner_key_required")
        }
        guard letters.hasPrefix(ShopKeyText.Word.owner.rawValue) else {
            throw Self.wrongKey(letters, needs: Self.ownerKeyNeeded)
        }
        return named(try await recognise(letters, context) { try await ownerKeys.recognise($0)?.buyer }, context)
    }

    private static let agentKeyNeeded = "An agent key is needed, which begins with ask_live_ or ask_test_."
    private static let ownerKeyNeeded = "An owner key is needed, which begins with own_."

    private static func isOfAgent(_ letters: String) -> Bool {
        [ShopKeyText.Word.live, .test].contains { letters.hasPrefix($0.rawValue) }
    }

    private static func wrongKey(_ letters: String, needs words: String) -> Refusal {
        let what =
            if letters.hasPrefix(RouterKey.Letters.prefix) {
                "This is a router key, which spends credits at /openai/v1 and buys nothing. "
            } else if letters.hasPrefix(ShopKeyText.Word.owner.rawValue) {
                "This is an owner key, which is for \(ownerBase). "
            } else if letters.split(separator: ".", omittingEmptySubsequences: false).count == 3 {
                "This is an access token, which buys nothing. "
            } else {
                "This is no key of the store. "
            }
        return Refusal(.unauthenticated, what + words, code: "wrong_key")
    }

    private func letters(of request: Request, needs words: String) throws(Refusal) -> String {
        guard let letters = BearerDoor.token(request.headers[.authorization]) else {
            throw Refusal(.unauthenticated, words + " It stands in the header: “Authorization: Bearer …”.")
        }
        return letters
    }

    /// Guessing is slow: wrong letters count against the id that they name, at the address that they come from.
    private func recognise(
        _ letters: String, _ context: DoorContext, _ look: (String) async throws -> Buyer?
    ) async throws -> Buyer {
        let caller = "\(letters.prefix { $0 != "." }.prefix(64)) \(context.remoteAddress)"
        if let seconds = failures.wait(for: caller) {
            throw Refusal(
                .limitExceeded, "Too many wrong keys; wait before trying again.", retryAfterSeconds: seconds)
        }
        let buyer = try await context.notes.timing("auth") { try await look(letters) }
        guard let buyer else {
            failures.note(caller)
            throw Refusal(.unauthenticated, "This key is not known.", code: "invalid_key")
        }
        return buyer
    }

    private func named(_ buyer: Buyer, _ context: DoorContext) -> Buyer {
        var buyer = buyer
        buyer.address = context.remoteAddress
        context.notes.note { $0.principal = buyer.principal.id }
        return buyer
    }
}
