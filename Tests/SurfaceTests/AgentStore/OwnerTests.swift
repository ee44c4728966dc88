import Domain
import HTTPTypes
import Testing
import Wire

@testable import Surfaces

/// What owners do, and what agents may not.
@Suite struct OwnerTests {
    private static let order: JSON = [
        "catalogItemId": "cat_domain_com", "quantity": 1,
        "configuration": ["domainName": "launchpad.com", "periodYears": 1], "idempotencyKey": "k",
    ]

    @Test("A purchase that needs a person waits, and goes on when she agrees")
    func approval() async throws {
        let counter = try await Counter()
        try await counter.fund(5000)
        let set = try await counter.rule(
            .put, "/policies", ["subject": "account", "policy": ["approval": ["rules": [["aboveMinor": 1000]]]]])
        #expect(set.status == 200)
        let asked = try await counter.buy(.post, "/purchases", Self.order)
        #expect(asked.status == 202)
        let purchase = try #require(asked.json["purchase"])
        #expect(purchase["status"] == "awaiting_approval" && purchase["pollAfterMs"] == 5000)
        let approval = purchase["approvalId"]?.string ?? ""
        #expect(purchase["approvalUrl"] == .string("http://here/v1/account/approvals/\(approval)"))
        #expect(try await counter.buy(.get, "/approvals/\(approval)").json["approval"]?["state"] == "pending")
        let path = "/v1/account/approvals/\(approval)/approve"
        #expect(try await counter.ask(.post, path, key: counter.key).status == 403)
        let agreed = try await counter.ask(.post, path, key: counter.ownerKey, ["note": "Fine."])
        #expect(agreed.status == 200 && agreed.json["purchase"]?["status"] == "authorized")
        #expect(try await counter.ask(.post, path, key: counter.ownerKey).status == 409)
        _ = try await counter.shop.workOnce()
        let again = try await counter.buy(.post, "/purchases", Self.order)
        #expect(again.status == 202 && again.isReplayed && again.text == asked.text)
    }

    @Test("What is denied is denied in the same letters again, with the rule that says so")
    func denied() async throws {
        let counter = try await Counter()
        try await counter.fund(5000)
        _ = try await counter.rule(
            .put, "/policies", ["subject": "agent:shopper", "policy": ["maxPerPurchaseMinor": 500]])
        let refused = try await counter.buy(.post, "/purchases", Self.order)
        #expect(refused.status == 403 && refused.code == "policy_denied" && refused.error["type"] == "policy")
        let rule = refused.error["details"]?["trace"]?.array?.first { $0["outcome"] == "deny" }
        #expect(rule?["layer"] == "agent" && rule?["ruleId"] == "maxPerPurchaseMinor")
        #expect(refused.error["details"]?["purchaseId"]?.string != nil)
        let again = try await counter.buy(.post, "/purchases", Self.order)
        #expect(again.isReplayed && again.text == refused.text)
        let check = try await counter.buy(
            .post, "/policies/check",
            [
                "catalogItemId": "cat_domain_com", "quantity": 1,
                "configuration": [
                    "domainName": "launchpad.com", "periodYears": 1,
                ],
            ])
        #expect(check.json["decision"] == "deny" && check.json["wouldSucceed"] == false)
        #expect(try await counter.buy(.get, "/policies/effective").json["layers"]?.array?.count == 1)
    }

    @Test("What a policy leaves out no key may do, but for asking why")
    func scopes() async throws {
        let counter = try await Counter()
        try await counter.fund(5000)
        _ = try await counter.rule(
            .put, "/policies",
            ["subject": "account", "policy": ["scopes": ["catalog:read", "domain:nameservers:set"]]])
        #expect(try await counter.buy(.get, "/catalog/categories").status == 200)
        let wallet = try await counter.buy(.get, "/wallet")
        #expect(wallet.status == 403 && wallet.code == "policy_denied")
        #expect(wallet.error["details"]?["trace"]?.array?.first?["ruleId"] == "scopes")
        #expect(try await counter.buy(.get, "/policies/effective").status == 200)
        let refused = try await counter.buy(.post, "/purchases", Self.order)
        #expect(refused.code == "policy_denied" && refused.error["details"]?["purchaseId"]?.string != nil)
        let id = "0190163d-8694-739b-aea5-966c26f8ad91"
        let set = try await counter.buy(
            .put, "/services/\(id)/domain/nameservers", ["nameservers": ["ns1.example.net"]])
        #expect(set.code == "not_found")
        #expect(try await counter.rule(.get, "/wallet").status == 200)
    }

    @Test("Every door of an owner is shut to an agent, whatever its scopes", arguments: [true, false])
    func doors(isRecognised: Bool) async throws {
        let counter = try await Counter()
        let everything = Capability.all + ["owner"] + Tool.ofOwners.map(\.name)
        let key = try await counter.key(for: everything)
        for route in AgentStore.ownerRoutes + [AgentStoreRoute("", .get, "/ledger/export")] {
            let id = "0190163d-8694-739b-aea5-966c26f8ad91"
            let path = route.path.replacing(/\{\w+\}/, with: id)
            let letters = isRecognised ? key : key + "x"
            let answer = try await counter.ask(route.method, "/v1/account" + path, key: letters, [:])
            // Guessing on is answered with a wait.
            #expect((isRecognised ? [403] : [401, 429]).contains(answer.status), "\(route.method) \(path)")
        }
    }

    @Test("Every door asks for a key, and says which")
    func wrongKeys() async throws {
        let counter = try await Counter()
        for (path, word) in [("/v1/agent/wallet", "ask_live_"), ("/v1/account/wallet", "own_")] {
            for key in [nil, "ark_AAAAAAAAAAAAAAAAAAAAAA.x", "a.b.c", "own_AAAAAAAAAAAAAAAAAAAAAA.x", "x"] {
                let answer = try await counter.ask(.get, path, key: key)
                #expect(answer.status == 401 && answer.error["type"] == "authentication")
                let isOwnShape = key?.hasPrefix(word) == true
                #expect(isOwnShape || answer.error["message"]?.string?.contains(word) == true, "\(key ?? "-")")
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            }
        }
        let scoped = try await counter.key(for: "catalog:read")
        #expect(try await counter.ask(.get, "/v1/agent/wallet", key: scoped).code == "insufficient_scope")
        #expect(try await counter.ask(.get, "/v1/agent/catalog/categories", key: scoped).status == 200)
    }

    @Test("Keys are made, listed and revoked; a revoked key says so")
    func keys() async throws {
        let counter = try await Counter()
        let made = try await counter.rule(.post, "/agents/scout/keys", ["scopes": ["catalog:read"]])
        #expect(made.status == 201)
        let (key, id) = (made.json["key"]?.string ?? "", made.json["id"]?.string ?? "")
        #expect(try await counter.ask(.get, "/v1/agent/catalog/categories", key: key).status == 200)
        #expect(try await counter.rule(.delete, "/agents/shopper/keys/\(id)").status == 404)
        #expect(try await counter.rule(.delete, "/agents/scout/keys/\(id)").status == 200)
        #expect(try await counter.ask(.get, "/v1/agent/catalog/categories", key: key).code == "key_revoked")
        let listed = try await counter.rule(.get, "/agents/scout/keys")
        #expect(listed.json["keys"]?.array?.first?["status"] == "revoked")
        #expect(!listed.text.contains(key))
        #expect(try await counter.rule(.get, "/agents").json["agents"]?.array?.count == 2)
    }

    @Test("Play money is another wallet")
    func play() async throws {
        let counter = try await Counter()
        try await counter.fund(700)
        _ = try await counter.rule(.post, "/funding", ["amountMinor": 900, "reason": "Play.", "test": true])
        #expect(try await counter.buy(.get, "/wallet").json["balanceMinor"] == 700)
        let test = try await counter.ask(.get, "/v1/agent/wallet", key: counter.testKey)
        #expect(test.json["balanceMinor"] == 900 && test.json["testMode"] == true)
        #expect(try await counter.rule(.get, "/wallet?test=true").json["balanceMinor"] == 900)
        #expect(try await counter.rule(.get, "/wallet").json["balanceMinor"] == 700)
        // An agent's key says which wallet it has, whatever is asked.
        #expect(try await counter.buy(.get, "/wallet?test=true").json["balanceMinor"] == 700)
    }

    @Test("The books are told line by line, and hold")
    func books() async throws {
        let counter = try await Counter()
        try await counter.fund(700)
        let export = try await counter.rule(.get, "/ledger/export")
        #expect(export.headers[.contentType] == "application/jsonl")
        var audit = Audit()
        for line in export.text.split(separator: "\n") { audit.read(try BookLine(parsing: String(line))) }
        audit.finish()
        #expect(audit.faults == [] && audit.transfers > 0)
        #expect(try await counter.rule(.get, "/ledger/verify").json["ok"] == true)
        _ = try await counter.rule(.post, "/freeze", ["note": "Stop."])
        #expect(try await counter.buy(.post, "/purchases", Self.order).code == "wallet_frozen")
        _ = try await counter.rule(.post, "/unfreeze")
        #expect(try await counter.buy(.post, "/purchases", Self.order).code == "insufficient_funds")
    }

    @Test("An owner buys at the same counter")
    func checkout() async throws {
        let counter = try await Counter()
        try await counter.fund(5000)
        let bought = try await counter.rule(.post, "/purchases", Self.order)
        #expect(bought.status == 201)
        #expect(try await counter.rule(.get, "/purchases").json["purchases"]?.array?.count == 1)
    }
}
