package import Domain
package import HTTPTypes
package import Hummingbird

/// The agent store over REST: docs/dialects/agent-store.md. Which tool stands where is said in its tables.
package struct AgentStore: Dialect {
    /// Where agents buy, with their keys.
    static let agentBase = "/v1/agent"
    /// Where owners rule, with theirs.
    static let ownerBase = "/v1/account"
    static let documentPaths = ["/.well-known/agent-store.json", "/openapi.json", "/llms.txt"]

    let front: Shopfront
    let agentKeys: AgentKeys
    let ownerKeys: OwnerKeys
    let failures: TokenFailures
    let limits: Limits

    package init(_ house: Entrance.Furniture) {
        front = house.front
        agentKeys = house.agentKeys
        ownerKeys = house.ownerKeys
        failures = house.failures
        limits = house.limits
    }

    package func open(_ doors: Doors) {
        for place in Place.of(Self.agentRoutes) {
            doors.on(place.method, [Self.agentBase + place.path]) { request, context in
                try await serve(place, request, context, to: agent(of: request, context))
            }
        }
        for place in Place.of(Self.ownerRoutes) {
            doors.on(place.method, [Self.ownerBase + place.path]) { request, context in
                try await serve(place, request, context, to: owner(of: request, context))
            }
        }
        doors.on(.get, [Self.ownerBase + "/ledger/export"], export)
        doors.on(.get, [Self.documentPaths[0]], describe)
        doors.on(.get, [Self.documentPaths[1]], describeDoors)
        doors.on(.get, [Self.documentPaths[2]], explain)
    }

    /// The words that stand at the place of an agent's code, below `/v1/agent`.
    static let words = Set(agentRoutes.compactMap { $0.path.split(separator: "/").first.map(String.init) })

    package func owns(path: String) -> Bool {
        if Self.documentPaths.contains(path) || path == Self.ownerBase || path.hasPrefix(Self.ownerBase + "/") {
            return true
        }
        guard path.hasPrefix(Self.agentBase + "/") else { return false }
        let word = path.dropFirst(Self.agentBase.count + 1).prefix { $0 != "/" }
        return Self.words.contains(String(word))
    }

    private func serve(
        _ place: Place, _ request: Request, _ context: DoorContext, to buyer: Buyer
    ) async throws -> Response {
        var (buyer, asked) = (buyer, try await parse(request, context, at: place))
        if buyer.isOwner, let flag = asked.takeTestMode() { buyer.isTest = flag }
        let answer = try await front.use(asked.tool, asked.input, key: asked.key, by: buyer)
        return render(answer, requestID: context.notes.now.requestID)
    }
}
