import Domain
import HTTPTypes
import Hummingbird
import Testing
import Wire

@testable import Surfaces

/// No, as agents are told it.
@Suite struct FaultTests {
    private static let table: [(String, Refusal.Reason, Int, String)] = [
        ("idempotency_key_required", .invalid, 400, "invalid_request"),
        ("idempotency_conflict", .mismatch, 422, "conflict"), ("idempotency_in_flight", .conflict, 409, "conflict"),
        ("quote_expired", .conflict, 409, "conflict"), ("quote_already_purchased", .conflict, 409, "conflict"),
        ("possible_duplicate", .conflict, 409, "conflict"), ("price_changed", .conflict, 409, "conflict"),
        ("max_total_exceeded", .conflict, 409, "conflict"),
        ("configuration_invalid", .mismatch, 422, "invalid_request"),
        ("item_unavailable", .conflict, 409, "conflict"), ("policy_denied", .forbidden, 403, "policy"),
        ("insufficient_funds", .insufficientFunds, 402, "funds"),
        ("router_credit_exhausted", .insufficientFunds, 402, "funds"), ("wallet_frozen", .forbidden, 403, "policy"),
        ("key_revoked", .unauthenticated, 401, "authentication"), ("not_cancelable", .conflict, 409, "conflict"),
        ("provider_unavailable", .unavailable, 503, "provider"),
        ("capability_unsupported", .unsupported, 400, "invalid_request"),
        ("not_found", .notFound, 404, "invalid_request"),
    ]

    @Test("Every code has its status and its kind", arguments: table)
    func codes(_ code: String, _ reason: Refusal.Reason, _ status: Int, _ kind: String) {
        let refusal = Refusal(reason, "No.", code: code)
        let response = AgentStore.refuse(refusal, status: refusal.status, requestID: "r-1")
        let json = Fault(refusal, status: refusal.status.code).json(requestID: "r-1")
        #expect(response.status.code == status)
        #expect(json["code"] == .string(code) && json["type"] == .string(kind) && json["message"] == "No.")
        #expect(json["requestId"] == "r-1")
        let resolutions: [JSON] = ["recoverable", "requires_buyer_input", "requires_buyer_review"]
        #expect(resolutions.contains(json["resolution"] ?? .null))
    }

    @Test("A reason without a code has one of its own")
    func reasons() {
        let cases: [(Refusal.Reason, Int, String)] = [
            (.invalid, 400, "invalid_request"), (.unauthenticated, 401, "unauthenticated"),
            (.forbidden, 403, "forbidden"), (.notFound, 404, "not_found"), (.conflict, 409, "conflict"),
            (.mismatch, 422, "idempotency_conflict"), (.gone, 410, "gone"), (.tooLarge, 413, "too_large"),
            (.insufficientFunds, 402, "insufficient_funds"), (.limitExceeded, 429, "rate_limited"),
            (.unavailable, 503, "unavailable"),
        ]
        for (reason, status, code) in cases {
            let fault = Fault(Refusal(reason, "No."))
            #expect(fault.code == code && fault.class.status == status)
        }
        #expect(Fault(.hidden, status: 500).code == "internal_error")
        #expect(Fault(.hidden).class.status == 500)
        #expect(Fault(Refusal(.invalid, "No.", field: "path"), status: 405).class.status == 405)
    }

    @Test("The place at fault is a path into the input; a header is called by its name")
    func places() {
        func param(_ field: String?) -> JSON? { Fault(Refusal(.invalid, "No.", field: field)).json()["param"] }
        #expect(param("record.values[0]") == "$.record.values[0]")
        #expect(param("$.periodYears") == "$.periodYears")
        #expect(param("Idempotency-Key") == "Idempotency-Key")
        #expect(param(nil) == nil)
        #expect(Fault(Refusal(.invalid, "No.", field: "configuration.x")).code == "configuration_invalid")
    }

    @Test("Whoever may come again is told when")
    func later() {
        let refusal = Refusal(.limitExceeded, "Too many.", retryAfterSeconds: 7)
        let response = AgentStore.refuse(refusal, requestID: nil)
        #expect(response.headers[.retryAfter] == "7")
        #expect(Fault(refusal).json()["retryAfterMs"] == 7000)
        #expect(Fault(refusal).json()["retryable"] == true)
        let unknown = AgentStore.refuse(Refusal(.unauthenticated, "No."), requestID: nil)
        #expect(unknown.headers[.wwwAuthenticate] == "Bearer")
    }

    @Test("A revoked router key is a conflict for whoever manages it")
    func revoked() {
        #expect(Fault(Refusal(.conflict, "It was revoked.", code: "key_revoked")).class.status == 409)
    }
}
