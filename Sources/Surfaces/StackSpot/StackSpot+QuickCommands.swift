import Domain
import HTTPTypes
import Hummingbird
import Wire

/// Quick commands: runs of an agent that wait for their turn, and are asked about until they have ended.
extension StackSpot {
    /// Where an execution keeps what its client calls it.
    private static let tagField = "execution_tag"

    func execute(_ request: Request, _ context: DoorContext) async throws -> Response {
        let (principal, agent) = try await access(request, context)
        let fields = try await Self.fields(of: request, limits)
        var question = Question(messages: [Message(.user, try Self.input(fields))])
        question.tag = try fields.string(Self.tagField)
        var order = try await order(
            question, uploads: try Self.uploads(fields), sources: [], of: agent, for: principal)
        let name = request.uri.queryParameters.get("conversationId").flatMap { $0.isEmpty ? nil : String($0) }
        let canonical = try order.question.canonical + Array((name.map(Self.oneSpelling) ?? "").utf8)
        order.idempotency = try IdempotencyKey(of: request, asking: canonical)
        if let name { order.conversation = try await conversation(called: name, for: principal) }
        try await gate.pass(claims(of: principal), context)
        let placed = order
        let (run, isRepeated) = try await context.notes.timing("start") { try await runs.enqueue(placed) }
        context.notes.note { $0.run = run }
        var response = Response(.string(run.ulid))
        response.headers[.runID] = run.uuid
        if isRepeated { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    func showExecution(_ request: Request, _ context: DoorContext) async throws -> Response {
        let principal = try await bearer.principal(of: request, context)
        let reading = try await runs.reading(Self.id("execution", context), for: principal)
        context.notes.note(reading.run)
        let run = try await answers.now(reading)
        let steps = run.status.isOver ? [try await step(of: run, reading)] : []
        return Response(Self.render(run, steps: steps))
    }

    /// A text as it is, anything else as JSON.
    private static func input(_ fields: Fields) throws(Refusal) -> String {
        // Some clients put an object, as text, where others name it.
        let input = fields.value("input_data") ?? fields.value("json") ?? .null
        guard ![.null, "", [], [:]].contains(input) else {
            throw .invalid("input_data", "input_data: there is nothing to be done; a text or an object is needed.")
        }
        return input.string ?? input.render()
    }

    /// A person's day, or another client's minute; a number of 0 is no limit.
    private func claims(of principal: Principal) -> [Rates.Claim] {
        let rule =
            principal.id.hasPrefix("user:")
            ? RateRule(requests: limits.quickCommandsPerDay, seconds: 86_400)
            : RateRule(requests: limits.quickCommandsPerMinute, seconds: 60)
        return rule.requests > 0 ? [Rates.Claim("quick/\(principal.id)", rule)] : []
    }

    /// All that there is to an execution is one question to a model.
    private func step(of run: Run, _ reading: Runs.Reading) async throws -> JSON {
        let agent = try await directory.agent(code: run.agent)
        let sources = try await runs.passages(of: reading).map(Self.render)
        return [
            "step_name": .string(agent?.name ?? run.agent), "execution_order": 1, "type": "LLM",
            "step_result": ["answer": .string(run.answer), "sources": .array(sources)],
        ]
    }

    private static func render(_ run: Run, steps: [JSON]) -> JSON {
        var execution: JSON.Object = [
            "execution_id": .string(run.id.ulid), "quick_command_slug": .string(run.agent),
            "conversation_id": conversation(of: run).map { .string($0) } ?? .null, "progress": progress(run),
            "steps": .array(steps), "result": run.status == .finished ? .string(run.answer) : .null,
        ]
        if let tag = run.question.tag { execution[tagField] = .string(tag) }
        if run.status == .canceled { execution["error"] = canceled }
        if let refusal = run.refusal { execution["error"] = failure(refusal) }
        return .object(execution)
    }

    private static let canceled: JSON = [
        "type": "Cancelled", "code": "INFERENCE_CANCELLED", "details": "The execution was canceled.",
    ]

    /// It starts when it is asked for: the time that it waits for its turn counts.
    private static func progress(_ run: Run) -> JSON {
        let (word, share): (String, Double) =
            switch run.status {
            case .queued: ("CREATED", 0)
            case .running: ("RUNNING", 0.5)
            case .finished: ("COMPLETED", 1)
            case .failed, .canceled: ("FAILURE", 1)
            }
        let took = run.endedAt.map { Double($0.milliseconds - run.createdAt.milliseconds) / 1000 }
        return [
            "start": .string(run.createdAt.iso8601), "end": run.endedAt.map { .string($0.iso8601) } ?? .null,
            "duration": .number(took ?? 0), "execution_percentage": .number(share), "status": .string(word),
        ]
    }
}
