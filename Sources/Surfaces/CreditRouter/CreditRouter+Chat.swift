import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The door to the models.
extension CreditRouter {
    static let generationID = HTTPField.Name("X-Generation-Id")!

    func chat(_ request: Request, _ context: DoorContext) async throws -> Response {
        let key = try await key(of: request, context)
        var asked = try await context.notes.timing("parse") { try await parseChat(request, key) }
        asked.after = try Cursor.header(of: request)
        asked.place = context.channel.eventLoop
        let rates = try await router.pass(asked)
        if let response = Self.refuse(rates) { return response }
        let placed = asked
        let seat = asked.streams ? try streams.seat() : nil
        let (reading, isRepeated) = try await context.notes.timing("start") { try await router.answer(placed) }
        context.notes.note(reading.run)
        let response = try await answer(reading, isRepeated: isRepeated, to: asked, in: seat, context)
        return Self.told(response, of: reading, isRepeated: isRepeated, rates)
    }

    /// With the headers that every answer has.
    static func told(
        _ response: Response, of reading: Runs.Reading, isRepeated: Bool,
        _ rates: [(name: String, standing: RateWindow.Standing)]
    ) -> Response {
        var response = response
        response.headers[generationID] = reading.run.id.uuid
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        tell(rates, in: &response)
        return response
    }

    private func answer(
        _ reading: Runs.Reading, isRepeated: Bool, to asked: ModelRouter.Request, in seat: OpenStreams.Seat?,
        _ context: DoorContext
    ) async throws -> Response {
        guard asked.streams else {
            return try await completion(of: paid(reading, isRepeated: isRepeated, context))
        }
        return try streams.response(for: reading, after: asked.after, in: seat, on: context.channel) { run, _ in
            CreditRouterStream(run)
        }
    }

    /// Whoever asks next what is left sees this answer paid; should that fail now, it is looked after later.
    func paid(_ reading: Runs.Reading, isRepeated: Bool, _ context: DoorContext) async throws -> Run {
        let run = try await answers.run(reading, isRepeated: isRepeated, context)
        if run.status.isOver { _ = try? await router.pay(run.id) }
        return run
    }

    func listModels(_ request: Request, _ context: DoorContext) async throws -> Response {
        let key = try await key(of: request, context)
        let models = router.models.models(for: key)
        return Response(["object": "list", "data": .array(models.map(Self.render))])
    }

    func showModel(_ request: Request, _ context: DoorContext) async throws -> Response {
        let key = try await key(of: request, context)
        let parts = [context.parameter("model"), context.parameter("rest")].filter { !$0.isEmpty }
        return Response(Self.render(try router.models.model(named: parts.joined(separator: "/"), for: key)))
    }

    func showKey(_ request: Request, _ context: DoorContext) async throws -> Response {
        let key = try await key(of: request, context)
        return Response(Self.render(key, try await router.standing(of: key)))
    }
}
