import Domain
import HTTPTypes
import Testing
import Wire

@testable import Surfaces

/// The doors that stand beside each other below the same words, and what the store tells of itself.
@Suite struct NeighbourTests {
    @Test("An agent that is asked answers in its own words, the store in its")
    func neighbours() async throws {
        let counter = try await Counter()
        let agent = try await counter.ask(.post, "/v1/agent/helper/chat", key: nil, ["user_prompt": "Hi"])
        #expect(agent.status == 401 && agent.json["code"] == "INFERENCE_4010_UNAUTHORIZED")
        let run = try await counter.ask(.get, "/v1/agent/helper/chat/01K9T3D5752EMVMDJTSEW536AP", key: nil)
        #expect(run.status == 401 && run.json["type"] == "Unauthorized")
        let none = try await counter.ask(.get, "/v1/agent/helper/nothing", key: nil)
        #expect(none.status == 404 && none.json["code"] == "INFERENCE_4040_NOT_FOUND")
        for path in ["/v1/agent/services/x/nothing", "/v1/agent/wallet/nothing", "/v1/account/nothing"] {
            let answer = try await counter.ask(.get, path, key: nil)
            #expect(answer.status == 404 && answer.code == "not_found", "\(path)")
            #expect(answer.error["requestId"]?.string == answer.headers[.requestID])
        }
        let method = try await counter.ask(.delete, "/v1/agent/purchases", key: nil)
        #expect(method.status == 405 && method.error["type"] == "invalid_request")
        #expect(method.headers[.allow] == "GET, HEAD, POST")
    }

    @Test("Every door of the table is there")
    func doors() async throws {
        let counter = try await Counter()
        for (base, routes) in [("/v1/agent", AgentStore.agentRoutes), ("/v1/account", AgentStore.ownerRoutes)] {
            for route in routes {
                let path = base + route.path.replacing(/\{\w+\}/, with: "0190163d-8694-739b-aea5-966c26f8ad91")
                let answer = try await counter.ask(route.method, path, key: nil)
                #expect(answer.status == 401, "\(route.method) \(path)")
            }
        }
    }

    @Test("The store describes its doors")
    func documents() async throws {
        let counter = try await Counter()
        let card = try await counter.ask(.get, "/.well-known/agent-store.json", key: nil).json
        #expect(card["apiBaseUrl"] == "http://here/v1/agent" && card["tools"]?.array?.count == Tool.all.count)
        let document = try await counter.ask(.get, "/openapi.json", key: nil).json
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.object)
        var operations: Set<String> = []
        for path in paths.members {
            for operation in path.value.object?.members ?? [] {
                let name = operation.value["operationId"]?.string ?? ""
                #expect(operations.insert(name).inserted, "\(name)")
                #expect(operation.value["responses"]?["default"] != nil)
                let captures = path.key.matches(of: /\{(\w+)\}/).map { String($0.output.1) }
                let said = (operation.value["parameters"]?.array ?? []).filter { $0["in"] == "path" }
                #expect(said.compactMap { $0["name"]?.string } == captures, "\(path.key)")
            }
        }
        #expect(paths["/v1/agent/purchases"]?["post"]?["requestBody"] != nil)
        let words = try await counter.ask(.get, "/llms.txt", key: nil)
        #expect(words.text.hasPrefix("# Rialto agent store") && words.text.contains("purchase_create"))
    }

    @Test("What is done with a service reaches its provider without the words that name it")
    func management() async throws {
        let counter = try await Counter()
        try await counter.fund(50_000)
        let bought = try await counter.buy(
            .post, "/purchases",
            [
                "catalogItemId": "cat_domain_com", "quantity": 1, "idempotencyKey": "k",
                "configuration": ["domainName": "launchpad.com", "periodYears": 1],
            ])
        _ = try await counter.shop.workOnce()
        let id = bought.json["purchase"]?["id"]?.string ?? ""
        let service = try await counter.buy(.get, "/purchases/\(id)").json["purchase"]?["serviceId"]?.string ?? ""
        let domain = "/services/\(service)/domain"
        let body: JSON = ["nameservers": ["ns1.example.net"], "idempotencyKey": "n"]
        let set = try await counter.buy(.put, domain + "/nameservers", body)
        #expect(set.status == 200 && set.json["operation"]?["status"] == "succeeded")
        #expect(set.json["operation"]?["outputs"]?["asked"] == ["nameservers": ["ns1.example.net"]])
        #expect(set.json["secrets"] == ["password": "told once"])
        let operation = set.json["operationId"]?.string ?? ""
        let again = try await counter.buy(.put, domain + "/nameservers", body)
        #expect(again.isReplayed && again.json["secrets"] == nil)
        #expect(again.json["operationId"] == .string(operation))
        #expect(try await counter.buy(.get, "/operations/\(operation)").status == 200)
        #expect(try await counter.buy(.get, "/services/\(service)/operations").json["operations"]?.array?.count == 1)
        let records = try await counter.buy(.get, domain + "/dns/records?type=A")
        #expect(records.json == ["asked": ["type": "A"], "name": "domain_dns_record_list"])
        let removed = try await counter.buy(.delete, domain + "/dns/records/A_www")
        #expect(removed.json["operation"]?["outputs"]?["asked"] == ["recordId": "A_www"])
        let locked = try await counter.buy(.put, domain + "/lock", ["locked": false, "idempotencyKey": "l"])
        #expect(locked.status == 400)
        let lockedAgain = try await counter.buy(.put, domain + "/lock", ["locked": false, "idempotencyKey": "l"])
        #expect(lockedAgain.isReplayed && lockedAgain.status == 400)
        #expect(try await counter.buy(.get, "/services/\(service)/server").code == "capability_unsupported")
        let renewed = try await counter.buy(
            .post, "/services/\(service)/renew", ["periods": 1, "idempotencyKey": "r"])
        #expect(renewed.status == 201 && renewed.json["purchase"]?["serviceId"] == .string(service))
        let events = try await counter.buy(.get, "/events?types=purchase.completed")
        #expect(events.json["events"]?.array?.first?["subjectId"] == .string(id))
    }
}
