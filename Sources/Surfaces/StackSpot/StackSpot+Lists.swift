import Domain
import HTTPTypes
import Hummingbird
import Wire

/// Lists by pages, and the lists of agents and of models.
extension StackSpot {
    /// Which part of a list is asked for.
    struct Page {
        private static let usualSize = 20
        private static let largestSize = 100
        private static let last = 1_000_000

        let number: Int
        let size: Int

        init(_ request: Request) throws(Refusal) {
            number = try request.number("page", usually: 1, most: Self.last)
            size = try request.number("size", usually: Self.usualSize, most: Self.largestSize)
        }

        var offset: Int { (number - 1) * size }

        /// The page of a list that is there as a whole.
        func answer<Item>(_ all: [Item], _ render: (Item) -> JSON) -> Response {
            answer(all.dropFirst(offset).prefix(size).map(render), of: all.count)
        }

        func answer(_ items: [JSON], of total: Int) -> Response {
            Response([
                "items": .array(items), "page": .integer(Int64(number)), "size": .integer(Int64(size)),
                "total": .integer(Int64(total)),
            ])
        }
    }

    func listAgents(_ request: Request, _ context: DoorContext) async throws -> Response {
        let page = try Page(request)
        return page.answer(try await agents(request, context)) { agent in
            let models = Self.models(of: agent).map { JSON.string($0.model) }
            return [
                "id": .string(agent.code), "slug": .string(agent.code), "name": .string(agent.name), "type": "agent",
                "available_models": .array(models), "created_at": .string(agent.createdAt.iso8601),
            ]
        }
    }

    /// The models that `selected_model` may name, of one agent or another. The first is that of the caller's first
    /// agent.
    func listModels(_ request: Request, _ context: DoorContext) async throws -> Response {
        var seen: Set<String> = []
        let models = try await agents(request, context).flatMap(Self.models).filter { seen.insert($0.model).inserted }
        return Response(
            .array(
                models.enumerated().map { place, source in
                    [
                        "id": .string(source.model), "name": .string(source.model),
                        "provider": .string(source.upstream), "default": .bool(place == 0),
                    ]
                }))
    }

    private func agents(_ request: Request, _ context: DoorContext) async throws -> [Agent] {
        let principal = try await bearer.principal(of: request, context)
        try await directory.refresh()
        return directory.agents(for: principal)
    }

    /// The one that is asked first comes first.
    private static func models(of agent: Agent) -> [Agent.Source] {
        let stronger = agent.highPerformanceModel.map {
            Agent.Source(upstream: agent.source.upstream, model: $0)
        }
        return [agent.source] + (stronger.map { [$0] } ?? []) + agent.fallback
    }
}
