import Domain
import HTTPTypes
import Testing
import Wire

@testable import Surfaces

/// Where tools stand over REST.
@Suite struct RouteTests {
    private static let tables = [AgentStore.agentRoutes, AgentStore.ownerRoutes]

    @Test("Every route names a tool, and every tool has a route")
    func tools() {
        for route in Self.tables.joined() { #expect(AgentStore.tool(route) != nil, "\(route.tool)") }
        #expect(Set(AgentStore.agentRoutes.map(\.tool)) == Set(Tool.all.map(\.name)))
        let routed = Set(AgentStore.ownerRoutes.map(\.tool))
        for tool in Tool.ofOwners { #expect(routed.contains(tool.name), "\(tool.name)") }
    }

    @Test("What a path captures is a field of its tool, and what the tool needs can be said")
    func captures() throws {
        for route in Self.tables.joined() {
            let tool = try #require(AgentStore.tool(route))
            for name in route.captures {
                #expect(tool.fields.contains { $0.name == name }, "\(route.path) \(tool.name)")
            }
            if case .saying(let word, _) = route.choice { #expect(!tool.fields.contains { $0.name == word }) }
        }
    }

    @Test("A position has one capture's name, and no two routes are the same")
    func positions() {
        for table in Self.tables {
            var names: [String: String] = [:]
            for route in table {
                var before = ""
                for part in route.path.split(separator: "/").map(String.init) {
                    if part.hasPrefix("{") {
                        #expect(names[before] ?? part == part, "\(route.path)")
                        names[before] = part
                    }
                    before += "/" + (part.hasPrefix("{") ? "{}" : part)
                }
            }
            for place in AgentStore.Place.of(table) {
                let choices = place.routes.map { "\($0.choice)" }
                #expect(Set(choices).count == choices.count, "\(place.path)")
                #expect(place.routes.dropLast().allSatisfy { $0.choice != .always }, "\(place.path)")
            }
        }
    }

    @Test("No agent can be called what stands at the place of its code")
    func words() {
        #expect(
            AgentStore.words.isSuperset(of: [
                "services", "quotes", "purchases", "catalog", "wallet", "policies", "approvals", "operations",
                "events", "refunds", "domains", "router", "phone",
            ]))
        for word in AgentStore.words.union(["account", "openai"]) {
            #expect(throws: Refusal.self, "\(word)") { try Agent.check(code: word) }
        }
    }
}

/// How requests are understood.
@Suite struct RouteParsingTests {
    private func parse(
        _ method: HTTPRequest.Method, _ path: String, captures: [(String, String)] = [],
        query: [(String, String)] = [], body: JSON.Object = [:], key: String? = nil
    ) throws -> AgentStore.Asked {
        let place = try #require(
            AgentStore.Place.of(AgentStore.agentRoutes).first { $0.method == method && $0.path == path })
        return try AgentStore.parse(
            at: place, captures: captures.map { (name: $0.0, value: $0.1) },
            query: query.map { (name: $0.0, value: $0.1) }, members: body, key: key)
    }

    @Test("The query's letters are what the tool takes")
    func query() throws {
        let search = try parse(.get, "/catalog/items", query: [("category", "domains"), ("q", "ai"), ("limit", "5")])
        #expect(search.tool.name == "catalog_search")
        #expect(search.input == ["category": "domains", "q": "ai", "limit": 5])
        let status = try parse(
            .get, "/purchases/{purchaseId}", captures: [("purchaseId", "p")], query: [("wait", "20")])
        #expect(status.input == ["purchaseId": "p", "waitSeconds": 20])
        let events = try parse(.get, "/events", query: [("types", "a,b"), ("types", "c"), ("after", "7")])
        #expect(events.input == ["types": ["a", "b", "c"], "after": 7])
    }

    @Test("A purchase is looked for by its key, and otherwise purchases are listed")
    func find() throws {
        #expect(try parse(.get, "/purchases", query: [("idempotencyKey", "k")]).tool.name == "purchase_find")
        #expect(try parse(.get, "/purchases", query: [("status", "completed")]).tool.name == "purchase_list")
    }

    @Test("What is done with a server is said by a word")
    func actions() throws {
        let path = "/services/{serviceId}/server/actions"
        let stop = try parse(.post, path, captures: [("serviceId", "s")], body: ["type": "stop", "force": true])
        #expect(stop.tool.name == "server_stop")
        #expect(stop.input == ["serviceId": "s", "force": true])
        for body in [[:], ["type": "explode"], ["type": 1]] as [JSON.Object] {
            #expect(throws: Refusal.self) { try parse(.post, path, captures: [("serviceId", "s")], body: body) }
        }
    }

    @Test("What is said twice must be the same")
    func twice() throws {
        let path = "/services/{serviceId}/renew"
        let same = try parse(
            .post, path, captures: [("serviceId", "s")], body: ["serviceId": "s", "periods": 1], key: "k")
        #expect(same.input == ["serviceId": "s", "periods": 1] && same.key == "k")
        #expect(throws: Refusal.self) {
            try parse(.post, path, captures: [("serviceId", "s")], body: ["serviceId": "t"])
        }
    }
}
