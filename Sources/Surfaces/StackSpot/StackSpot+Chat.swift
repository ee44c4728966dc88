import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// The three chat doors: ask, follow, cancel.
extension StackSpot {
    func chat(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (principal, agent) = try await access(request, context)
        let chat = try await context.notes.timing("parse") { try await parseChat(request) }
        let cursor = try Cursor.header(of: request)
        var order = try await order(
            chat.question, uploads: chat.uploads, sources: chat.sources, of: agent, for: principal)
        order.idempotency = try IdempotencyKey(of: request, asking: chat.canonical(order.question))
        order.conversation = try await conversation(chat, for: principal)
        order.after = cursor
        order.place = context.channel.eventLoop
        try runs.check(order.question, of: agent)
        let claims = limits.stackspotRates.claims(in: "stackspot", principal, agent: agent.code)
        try await gate.pass(claims, context)
        let telling = Telling(
            uploads: try await names(of: chat.uploads, account: principal.account), sources: chat.tellsSources,
            inputBytes: order.question.bytes)
        let placed = order
        let seat = chat.streams ? try streams.seat() : nil
        let (reading, isRepeated) = try await context.notes.timing("start") { try await runs.start(placed) }
        context.notes.note(reading.run)
        var response =
            chat.streams
            ? try stream(reading, after: cursor, in: seat, telling, context)
            : try await state(of: answers.run(reading, isRepeated: isRepeated, context), reading, telling)
        Self.name(reading.run, in: &response)
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    func follow(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (principal, agent) = try await access(request, context)
        let reading = try await reading(of: agent, for: principal, context)
        let question = try await question(of: reading)
        let telling = Telling(
            uploads: try await names(of: question.messages.flatMap(\.files), account: principal.account),
            sources: try Self.flag(Self.sourcesField, of: request) ?? false, inputBytes: question.bytes)
        var response: Response
        if AcceptedTypes(of: request).names("text/event-stream") {
            response = try stream(reading, after: Cursor.header(of: request), in: streams.seat(), telling, context)
        } else {
            response = try await state(of: answers.now(reading), reading, telling)
        }
        Self.name(reading.run, in: &response)
        return response
    }

    func cancel(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (principal, agent) = try await access(request, context)
        try ContentCoding.check(request)
        let reading = try await reading(of: agent, for: principal, context)
        var run = try await runs.cancel(reading.run.id, for: principal)
        if !run.status.isOver { run.status = .canceled }
        var response = Response(["run_id": .string(run.id.ulid), "status": .string(run.status.rawValue)])
        Self.name(run, in: &response)
        return response
    }

    /// Who asks, and whom.
    func access(_ request: Request, _ context: DoorContext) async throws -> (Principal, Agent) {
        let principal = try await bearer.principal(of: request, context)
        return (principal, try await directory.agent(named: context.parameter("agent"), for: principal))
    }

    /// A question with all that it names.
    func order(
        _ question: Question, uploads: [ID], sources: [Named], of agent: Agent, for principal: Principal
    ) async throws -> Runs.Order {
        try await files.check(uploads, for: principal)
        var question = question
        question.messages[0].parts += uploads.map { .file(id: $0) }
        question.knowledge = try await slugs(of: sources, for: principal)
        return Runs.Order(principal: principal, agent: agent, conversation: nil, question: question)
    }

    /// Where to talk; nil for a conversation of the run's own, which nobody is told of. One that is to be told has
    /// another id than the run, and is known by that.
    private func conversation(_ chat: ChatRequest, for principal: Principal) async throws -> String? {
        if let name = chat.conversation { return try await conversation(called: name, for: principal) }
        return chat.usesConversation ? world.newID().uuid : nil
    }

    /// A run of the agent, whoever of the account began it.
    private func reading(
        of agent: Agent, for principal: Principal, _ context: DoorContext
    ) async throws -> Runs.Reading {
        let reading = try await runs.reading(Self.id("run", context), for: principal)
        guard reading.run.agent == agent.code else { throw Refusal(.notFound, "There is no such run.") }
        context.notes.note(reading.run)
        return reading
    }

    private func question(of reading: Runs.Reading) async throws -> Question {
        switch reading {
        case .live(let live): live.run.question
        case .stored(let run): try await runs.whole(run).question
        }
    }

    /// How a run stands: the answer once it has ended.
    private func state(of run: Run, _ reading: Runs.Reading, _ telling: Telling) async throws -> Response {
        guard run.status.isOver else { return Response(Self.progress(of: run), status: .accepted) }
        if let refusal = run.refusal {
            return Refusing.refuse(refusal) { Self.refuse($0, status: $1, isOfRun: true) }
        }
        var ending = Ending(run, telling)
        ending.passages = telling.sources ? try await runs.passages(of: reading) : []
        ending.usage = run.usage ?? .estimate(inputBytes: telling.inputBytes, outputBytes: run.answer.utf8.count)
        return Response(ending.answer(run.answer, run.finishReason?.word ?? Self.canceledWord))
    }

    private func stream(
        _ reading: Runs.Reading, after cursor: Cursor?, in seat: OpenStreams.Seat?, _ telling: Telling,
        _ context: DoorContext
    ) throws -> Response {
        // The last event tells the tokens and sources, also to whoever has seen some of the answer.
        try streams.response(
            for: reading, after: cursor, hearsAll: true, in: seat, on: context.channel,
            as: { run, first in StackSpotStream(run, from: first, telling) })
    }

    private static func name(_ run: Run, in response: inout Response) {
        response.headers[.runID] = run.id.uuid
        response.headers[.conversationID] = conversation(of: run) == nil ? nil : run.conversation
    }
}
