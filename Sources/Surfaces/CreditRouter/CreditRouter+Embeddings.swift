import Domain
import HTTPTypes
import Hummingbird
import Wire

/// Embeddings, for models whose server has them: held and paid as answers are, by their input.
extension CreditRouter {
    private static let known: Set<String> = ["model", "input", "encoding_format", "dimensions", "user"]
    private static let (mostInputs, mostDimensions) = (2048, 16_384)

    func embed(_ request: Request, _ context: DoorContext) async throws -> Response {
        let key = try await key(of: request, context)
        let asked = try await context.notes.timing("parse") { try await parseEmbeddings(request, key, context) }
        let rates = try await router.pass(asked)
        if let response = Self.refuse(rates) { return response }
        let (reading, isRepeated) = try await context.notes.timing("start") { try await router.answer(asked) }
        context.notes.note(reading.run)
        let response = try await embeddings(of: paid(reading, isRepeated: isRepeated, context))
        return Self.told(response, of: reading, isRepeated: isRepeated, rates)
    }

    private func parseEmbeddings(
        _ request: Request, _ key: RouterKey, _ context: DoorContext
    ) async throws -> ModelRouter.Request {
        guard var members = try await Body.json(of: request, limits).object else {
            throw Refusal.invalid("", "The body is a JSON object.")
        }
        try Self.check(members, areAmong: Self.known)
        guard let name = members["model"]?.string, !name.isEmpty else {
            throw Refusal.invalid("model", "model is the name of a model, as GET /models lists them.")
        }
        try Self.checkFormat(members)
        let input = members["input"] ?? .null
        let facts = RouterFacts(bytes: input.render().utf8.count, messages: try Self.count(input))
        members["model"] = nil
        var order = ModelRouter.Request(
            key: key, model: try router.models.model(named: name, for: key), facts: facts,
            passthrough: Passthrough(
                json: JSON.object(members).render(), promptBytes: facts.bytes, door: .embeddings))
        // There is no answer to be paid but the vectors.
        order.maxTokens = 0
        order.place = context.channel.eventLoop
        order.idempotency = try IdempotencyKey(
            of: request, asking: Array(("embeddings " + name + JSON.object(members).canonical.render()).utf8))
        return order
    }

    private static func checkFormat(_ members: JSON.Object) throws(Refusal) {
        if let format = members["encoding_format"], !format.isNull, format != "float", format != "base64" {
            throw .invalid("encoding_format", "encoding_format is float or base64.")
        }
        if let dimensions = members["dimensions"], !dimensions.isNull {
            guard let number = dimensions.integer, (1...Int64(mostDimensions)).contains(number) else {
                throw .invalid("dimensions", "dimensions is a number from 1 to \(mostDimensions).")
            }
        }
    }

    /// How many texts there are: a text, a list of them, a list of tokens, or a list of such lists.
    private static func count(_ input: JSON) throws(Refusal) -> Int {
        if let text = input.string {
            guard !text.isEmpty else { throw .invalid("input", "input is empty.") }
            return 1
        }
        guard let list = input.array, !list.isEmpty else {
            throw .invalid("input", "input is a text, a list of texts, or tokens.")
        }
        if list.allSatisfy({ $0.integer != nil }) { return 1 }
        guard list.count <= mostInputs else { throw .invalid("input", "input has \(mostInputs) texts at most.") }
        for (place, element) in list.enumerated() {
            let isText = element.string.map { !$0.isEmpty } ?? false
            let isTokens = element.array.map { !$0.isEmpty && $0.allSatisfy { $0.integer != nil } } ?? false
            guard isText || isTokens else {
                throw .invalid("input[\(place)]", "input[\(place)] is a text that is not empty, or a list of tokens.")
            }
        }
        return list.count
    }

    private func embeddings(of run: Run) async throws -> Response {
        if let response = Self.refuse(run) { return response }
        var text = ""
        for event in try await runs.deltas(of: run) {
            if case .text(let piece) = event.kind { text += piece }
        }
        let tokens = Int64(run.usage?.inputTokens ?? 0)
        return Response([
            "object": "list", "data": try JSON.parse(text), "model": .string(run.question.modelName ?? ""),
            "usage": ["prompt_tokens": .integer(tokens), "total_tokens": .integer(tokens)],
        ])
    }
}
