import Domain
import HTTPTypes
import Testing
import Wire

@testable import Surfaces

/// No at a token door, whoever says it.
@Suite struct TokenFaultTests {
    private func body(_ refusal: Refusal, _ status: HTTPResponse.Status, isWrapped: Bool = false) -> JSON {
        TokenFault(refusal, status: status).body(isWrapped: isWrapped)
    }

    @Test func theReasonOfARefusalIsSaidInTheWordsOfTheProtocol() {
        let cases: [(Refusal, HTTPResponse.Status, String)] = [
            (Refusal(.invalid, "No."), .methodNotAllowed, "invalid_request"),
            (Refusal(.notFound, "No."), .notFound, "invalid_request"),
            (Refusal(.unsupported, "No."), .unsupportedMediaType, "invalid_request"),
            (Refusal(.unavailable, "No."), .serviceUnavailable, "temporarily_unavailable"),
            (Refusal(.limitExceeded, "No."), .tooManyRequests, "temporarily_unavailable"),
            (.hidden, .internalServerError, "server_error"),
        ]
        for (refusal, status, word) in cases {
            #expect(body(refusal, status)["error"] == .string(word))
            #expect(body(refusal, status)["error_description"] == .string(refusal.message))
            #expect(body(refusal, status)["success"] == nil)
            #expect(body(refusal, status, isWrapped: true)["success"] == false)
        }
    }

    @Test func aDescriptionHasOnlyTheLettersThatItMayHave() {
        let refusal = Refusal(.invalid, "There is nothing at /“é”\\\"\n" + String(repeating: "x", count: 1000))
        let text = body(refusal, .notFound)["error_description"]?.string ?? ""
        #expect(text.hasPrefix("There is nothing at /'?'?'?xxx"))
        #expect(text.utf8.count == 256)
    }

    @Test(arguments: [
        "/api/v1/auth", "/api/v1/auth/external-service-token", "/api/v1/auth/x/y", "/federation",
        "/federation/auth/v1/token", "/federation/nothing", "/.well-known/jwks.json", "/.well-known/x",
        "/realms/federation/.well-known/openid-configuration",
    ])
    func tokenDoorsAreKnownByTheirPlace(_ path: String) {
        #expect(AgenticStar.isTokenPlace(path))
        #expect(AgenticStar.isMarketplace(path) == path.hasPrefix("/api"))
    }

    @Test(arguments: [
        "/", "/api/v1", "/api/v1/authority", "/api/v1/models", "/v1/auth", "/federations", "/realms/other",
        "/v1/federation",
    ])
    func otherPlacesAreNone(_ path: String) {
        #expect(!AgenticStar.isTokenPlace(path))
    }
}
