import Domain
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Wire

/// From the domain's values to this dialect's answers.
extension CreditRouter {
    /// An answer in one piece, or the error of one that failed.
    func completion(of run: Run) async throws -> Response {
        if let response = Self.refuse(run) { return response }
        var gathering = ChatCompletions.Gathering()
        for event in try await runs.deltas(of: run) {
            switch event.kind {
            case .text(let text): gathering.add(text: text)
            case .toolCall(let text): if let call = try? JSON.parse(text) { gathering.add(toolCall: call) }
            case .choices(let text):
                for choice in (try? JSON.parse(text))?.array ?? [] { gathering.add(choice: choice) }
            default: break
            }
        }
        let usage = run.usage ?? Usage(inputTokens: 0, outputTokens: 0)
        return Response([
            "id": .string(Self.name(of: run)), "object": "chat.completion",
            "created": .integer(run.createdAt.seconds), "model": .string(run.question.modelName ?? ""),
            "choices": .array(gathering.whole(finishReason: run.finishReason?.word ?? "stop")),
            "usage": ChatCompletions.Usage(usage).render(), "system_fingerprint": .null,
        ])
    }

    /// The answer to a request whose run has come to nothing; nil where it has not.
    static func refuse(_ run: Run) -> Response? {
        if let refusal = run.refusal { return Refusing.refuse(refusal, in: Self.refuse) }
        return run.status == .canceled ? Refusing.refuse(canceled, in: Self.refuse) : nil
    }

    static func name(of run: Run) -> String { "chatcmpl-\(run.id.uuid)" }

    static let canceled = Refusal(.conflict, "The answer was canceled.", code: "canceled")

    static func render(_ model: RouterModel) -> JSON {
        var pricing: JSON.Object = [
            "input_usd_per_million": dollars(model.prices.input),
            "output_usd_per_million": dollars(model.prices.output),
            "request_usd": dollars(model.prices.request),
        ]
        if let cached = model.prices.cachedInput { pricing["cached_input_usd_per_million"] = dollars(cached) }
        return [
            "id": .string(model.name), "object": "model", "created": 0,
            "owned_by": .string(model.isSimulated ? "rialto" : model.upstream), "pricing": .object(pricing),
            "max_output_tokens": .integer(Int64(model.maxOutputTokens)),
            "input_modalities": model.imageTokens == nil ? ["text"] : ["text", "image"],
            "simulated": .bool(model.isSimulated),
        ]
    }

    static func render(_ key: RouterKey, _ standing: RouterKeyStanding) -> JSON {
        [
            "object": "router.key", "id": .string(key.id.uuid), "label": .string(key.name),
            "service_id": .string(key.service.uuid), "test": .bool(key.isTest),
            "limit_usd": dollars(standing.limit), "limit_reset": text(key.limitReset?.rawValue),
            "usage_usd": dollars(standing.used), "held_usd": dollars(standing.held),
            "remaining_usd": dollars(standing.remaining), "resets_at": text(standing.resetsAt?.iso8601),
            "credits_usd": dollars(standing.credits), "total_usage_usd": dollars(key.spent),
            "allowed_models": key.allowedModels.map { .array($0.map(JSON.string)) } ?? .null,
            "rpm": number(key.requestsPerMinute), "tpm": number(key.tokensPerMinute),
            "max_tokens": number(key.maxTokens), "expires_at": text(key.expiresAt?.iso8601),
        ]
    }

    /// Decimal digits in a text: no client reads money through a float unless it wants to.
    private static func dollars(_ amount: Money?) -> JSON { text(amount?.dollars) }
    private static func dollars(_ micros: Int64) -> JSON { dollars(Money(micros: micros)) }
    private static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }

    /// As OpenAI tells it: what of its rates a key has left, and when they are whole again.
    static func tell(_ rates: [(name: String, standing: RateWindow.Standing)], in response: inout Response) {
        for (name, standing) in rates {
            for (word, value) in [
                ("limit", "\(standing.rule.requests)"), ("remaining", "\(standing.remaining)"),
                ("reset", "\(standing.resetSeconds)s"),
            ] {
                guard let header = HTTPField.Name("x-ratelimit-\(word)-\(name)") else { continue }
                response.headers[header] = value
            }
        }
    }
}

extension ChatCompletions.Usage {
    init(_ usage: Usage) {
        self.init(
            inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, cachedTokens: usage.cachedTokens,
            reasoningTokens: usage.reasoningTokens)
    }
}
