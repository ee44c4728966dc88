import Domain
import HTTPTypes
import Hummingbird
import Wire

/// The lists of agents and of models.
extension StackSpot {
    func listAgents(_ request: Request, _ context: DoorContext) async throws -> Response {
        let page = try ListPage(request)
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
