import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The three chat doors: send, reconnect, cancel; and the agents one may send to.
extension AgenticStar {
    func chat(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let chat = try await context.notes.timing("parse") { try await parseChat(request) }
        let cursor = try Cursor.header(of: request)
        try await files.check(chat.files, for: principal)
        let agent = try await directory.agent(named: chat.agent, for: principal)
        let claims = limits.agenticStarRates.claims(in: "agentic_star", principal, agent: agent.code)
        try await gate.pass(claims, context)
        var order = Runs.Order(
            principal: principal, agent: agent, conversation: chat.conversation, question: chat.question)
        order.idempotency = chat.idempotency
        order.after = cursor
        order.place = context.channel.eventLoop
        let placed = order
        let seat = chat.streams ? try streams.seat() : nil
        let (reading, isRepeated) = try await context.notes.timing("start") { try await runs.start(placed) }
        context.notes.note(reading.run)
        var response =
            chat.streams
            ? try stream(reading, after: cursor, in: seat, context)
            : try await state(of: answers.run(reading, isRepeated: isRepeated, context))
        Self.name(reading.run, in: &response)
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    func reconnect(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let reading = try await runs.reading(Self.runID(context), for: principal)
        context.notes.note(reading.run)
        var response: Response
        if AcceptedTypes(of: request).names("text/event-stream") {
            response = try stream(reading, after: Cursor.header(of: request), in: streams.seat(), context)
        } else {
            response = try await state(of: answers.now(reading))
        }
        Self.name(reading.run, in: &response)
        return response
    }

    func cancel(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        try ContentCoding.check(request)
        var run = try await runs.cancel(Self.runID(context), for: principal)
        context.notes.note(run)
        if !run.status.isOver { run.status = .canceled }
        var response = Self.answer(["runId": .string(run.id.uuid), "status": .string(run.status.rawValue)])
        Self.name(run, in: &response)
        return response
    }

    func listModels(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        try await directory.refresh()
        let agents = directory.agents(for: principal)
        return Self.answer(["object": "list", "data": .array(agents.map(Self.render))])
    }

    private func state(of run: Run) async throws -> Response {
        run.status.isOver ? try await completion(of: run) : Self.progress(of: run)
    }

    private func stream(
        _ reading: Runs.Reading, after cursor: Cursor?, in seat: OpenStreams.Seat?, _ context: DoorContext
    ) throws -> Response {
        try streams.response(for: reading, after: cursor, in: seat, on: context.channel) { run, _ in
            AgenticStarStream(run)
        }
    }

    private static func name(_ run: Run, in response: inout Response) {
        response.headers[.runID] = run.id.uuid
        response.headers[.conversationID] = run.conversation
    }
}
