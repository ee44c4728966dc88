import Domain
import HTTPTypes
import Testing
import Wire

@testable import Surfaces

/// Buying at the counter, from the catalog to the receipt.
@Suite struct CounterTests {
    private static let order: JSON.Object = [
        "catalogItemId": "cat_domain_com", "quantity": 1,
        "configuration": [
            "domainName": "launchpad.com", "periodYears": 1, "autoRenew": true, "privacyProtection": true,
        ],
    ]

    private static func order(_ more: JSON.Object) -> JSON {
        var order = order
        for member in more.members { order[member.key] = member.value }
        return .object(order)
    }

    @Test("What is sold is found by its category and by its letters")
    func catalog() async throws {
        let counter = try await Counter()
        let categories = try await counter.buy(.get, "/catalog/categories")
        #expect(categories.json["categories"]?.array?.contains { $0["name"] == "domains" } == true)
        let found = try await counter.buy(.get, "/catalog/items?category=domains&q=doma&limit=5")
        let item = try #require(found.json["items"]?.array?.first)
        #expect(item["id"] == "cat_domain_com" && item["sku"] == "domain-com-registration")
        #expect(item["checkoutKind"] == "custom" && item["priceMinor"] == 1499)
        let page = try await counter.buy(.get, "/catalog/items?limit=2")
        let mark = try #require(page.json["nextCursor"]?.string)
        let next = try await counter.buy(.get, "/catalog/items?limit=2&cursor=\(mark)")
        #expect(page.json["items"] != next.json["items"])
        let one = try await counter.buy(.get, "/catalog/items/cat_domain_com")
        #expect(one.json["item"] == item)
        #expect(try await counter.buy(.get, "/catalog/items/cat_nothing").code == "not_found")
    }

    @Test("What an item needs is told with an example that can be quoted as it is")
    func checkout() async throws {
        let counter = try await Counter()
        let needs = try await counter.buy(.get, "/catalog/items/cat_domain_com/checkout").json
        #expect(needs["catalogItemId"] == "cat_domain_com" && needs["serviceType"] == "domain")
        #expect(needs["requiredFields"] == ["domainName", "periodYears"])
        #expect(needs["provider"] == ["name": "The workshop", "reality": "simulated"])
        let quoted = try await counter.buy(.post, "/quotes", needs["example"])
        #expect(quoted.status == 201)
        let quote = try #require(quoted.json["quote"])
        #expect(quote["totalPriceMinor"] == 1499 && quote["currency"] == "usd")
        #expect(quote["policyPreview"]?["decision"] == "allow")
        let again = try await counter.buy(.get, "/quotes/\(quote["id"]?.string ?? "")")
        #expect(again.json["quote"]?["quoteHash"] == quote["quoteHash"])
    }

    @Test("A purchase holds, completes, and gives a service and a receipt")
    func purchase() async throws {
        let counter = try await Counter()
        try await counter.fund(5000)
        let quote = try await counter.buy(.post, "/quotes", Self.order([:])).json["quote"]?["id"]?.string ?? ""
        let body: JSON = ["quoteId": .string(quote), "idempotencyKey": "deploy-domain-1"]
        let bought = try await counter.buy(.post, "/purchases", body)
        #expect(bought.status == 201 && !bought.isReplayed)
        let id = try #require(bought.json["purchase"]?["id"]?.string)
        #expect(bought.json["purchase"]?["status"] == "authorized")
        #expect(try await counter.buy(.get, "/wallet").json["heldMinor"] == 1499)
        _ = try await counter.shop.workOnce()
        let now = try await counter.buy(.get, "/purchases/\(id)").json["purchase"]
        #expect(now?["status"] == "completed")
        let wallet = try await counter.buy(.get, "/wallet").json
        #expect(wallet["balanceMinor"] == 3501 && wallet["heldMinor"] == 0 && wallet["currency"] == "usd")
        let service = try #require(now?["serviceId"]?.string)
        #expect(try await counter.buy(.get, "/services/\(service)").json["service"]?["type"] == "domain")
        #expect(try await counter.buy(.get, "/services").json["services"]?.array?.count == 1)
        let replayed = try await counter.buy(.post, "/purchases", body)
        #expect(replayed.isReplayed && replayed.status == 201 && replayed.text == bought.text)
        let found = try await counter.buy(.get, "/purchases?idempotencyKey=deploy-domain-1")
        #expect(found.json["purchase"]?["id"] == .string(id))
        let receipt = try await counter.buy(.get, "/purchases/\(id)/receipt").json
        #expect(receipt["claims"]?["jti"] == .string(id))
        let parts = (receipt["receipt"]?.string ?? "").split(separator: ".")
        #expect(parts.count == 3)
        let head = try #require(Secret.bytes(base64URL: String(parts[0])))
        let names = try JSON.parse(head)
        #expect(names["typ"] == "receipt+jwt" && names["alg"] == "RS256")
        let claims = try JSON.parse(try #require(Secret.bytes(base64URL: String(parts[1]))))
        #expect(claims == receipt["claims"])
        let again = try await counter.buy(.get, "/purchases/\(id)/receipt").json
        #expect(again["receipt"] == receipt["receipt"])
        let kids = try await counter.tokens.publishedKeys().map { JSON.string($0.kid) }
        #expect(kids.contains(names["kid"] ?? .null))
    }

    @Test("A key stands for one thing, wherever it is written")
    func keys() async throws {
        let counter = try await Counter()
        try await counter.fund(50_000)
        #expect(try await counter.buy(.post, "/purchases", Self.order([:])).code == "idempotency_key_required")
        let path = "/v1/agent/purchases"
        let one = try await counter.ask(.post, path, key: counter.key, Self.order([:]), header: "\"k-1\"")
        #expect(one.status == 201)
        let same = try await counter.buy(.post, "/purchases", Self.order(["idempotencyKey": "k-1"]))
        #expect(same.isReplayed && same.text == one.text)
        let other = try await counter.buy(
            .post, "/purchases", Self.order(["idempotencyKey": "k-1", "reason": "Another wish."]))
        #expect(other.status == 422 && other.code == "idempotency_conflict")
        let two = try await counter.ask(
            .post, path, key: counter.key, Self.order(["idempotencyKey": "k-2"]), header: "k-3")
        #expect(two.status == 400 && two.error["param"] == "$.idempotencyKey")
        // Another key of the same agent is another principal.
        let key = try await counter.key(for: "purchase:write")
        let third = try await counter.ask(.post, path, key: key, Self.order(["idempotencyKey": "k-1"]))
        #expect(third.status == 201 && !third.isReplayed)
    }

    @Test("Without money, nothing is bought, and the key is free")
    func funds() async throws {
        let counter = try await Counter()
        let body = Self.order(["idempotencyKey": "k"])
        let refused = try await counter.buy(.post, "/purchases", body)
        #expect(refused.status == 402 && refused.code == "insufficient_funds")
        #expect(refused.error["details"]?["shortfallMinor"] == 1499)
        #expect(refused.error["resolution"] == "requires_buyer_input")
        try await counter.fund(1499)
        #expect(try await counter.buy(.post, "/purchases", body).status == 201)
    }

    @Test("What does not fit is named")
    func faults() async throws {
        let counter = try await Counter()
        let wrong: JSON = ["catalogItemId": "cat_domain_com", "quantity": 1, "configuration": ["domainName": "x.org"]]
        let configuration = try await counter.buy(.post, "/quotes", wrong)
        #expect(configuration.status == 422 && configuration.code == "configuration_invalid")
        #expect(configuration.error["param"] == "$.domainName")
        let quantity = try await counter.buy(.post, "/quotes", ["catalogItemId": "cat_domain_com"])
        #expect(quantity.status == 400 && quantity.error["param"] == "$.quantity")
        let taken = Self.order(["configuration": ["domainName": "taken.com", "periodYears": 1]])
        #expect(try await counter.buy(.post, "/quotes", taken).code == "item_unavailable")
        #expect(try await counter.buy(.get, "/catalog/items?limit=500").error["param"] == "$.limit")
        let nothing = try await counter.buy(.get, "/purchases/not-an-id")
        #expect(nothing.status == 404 && nothing.code == "not_found")
        #expect(nothing.error["requestId"]?.string == nothing.headers[.requestID])
    }
}
