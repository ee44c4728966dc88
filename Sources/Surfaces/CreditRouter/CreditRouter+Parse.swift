import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Wire

/// From this dialect's requests to the domain's values: what goes to a model's server goes as it came.
extension CreditRouter {
    private static let clamp = HTTPField.Name("X-Store-Clamp")!

    /// What a request may say. Of a member that is not known nobody knows what it costs.
    private static let known: Set<String> = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "temperature",
        "top_p", "top_k", "min_p", "stop", "seed", "presence_penalty", "frequency_penalty", "repetition_penalty",
        "logit_bias", "logprobs", "top_logprobs", "user", "metadata", "tools", "tool_choice", "parallel_tool_calls",
        "functions", "function_call", "response_format", "reasoning_effort", "verbosity", "modalities", "prediction",
        "service_tier", "store", "prompt_cache_key", "safety_identifier",
    ]
    /// Those that are said otherwise to a model's server, or not at all.
    private static let own = [
        "stream", "stream_options", "max_tokens", "max_completion_tokens", "service_tier", "store",
    ]

    func parseChat(_ request: Request, _ key: RouterKey) async throws -> ModelRouter.Request {
        let json = try await Body.json(of: request, limits)
        do {
            let asked = try ChatCompletions.Request.parse(json, limits: .init(messages: limits.messages))
            try Self.check(asked.raw)
            var passed = asked.raw
            for name in Self.own { passed[name] = nil }
            let facts = try RouterFacts(of: asked, passed)
            var order = ModelRouter.Request(
                key: key, model: try router.models.model(named: asked.model, for: key), facts: facts,
                passthrough: Passthrough(json: JSON.object(passed).render(), promptBytes: facts.bytes))
            order.maxTokens = asked.maxTokens
            order.clamps = request.headers[Self.clamp]?.lowercased() == "true"
            order.streams = asked.stream
            order.includesUsage = asked.includeUsage
            let options = "\n\(asked.stream)\n\(asked.includeUsage)\n\(asked.maxTokens ?? 0)"
            order.idempotency = try IdempotencyKey(
                of: request, asking: Array((JSON.object(passed).canonical.render() + options).utf8))
            return order
        } catch let fault as FieldFault {
            throw Refusal(.invalid, "\(fault)", field: fault.field.isEmpty ? nil : fault.field)
        }
    }

    static func check(_ members: JSON.Object, areAmong known: Set<String>) throws(Refusal) {
        for member in members.members where !member.value.isNull && !known.contains(member.key) {
            throw Refusal(
                .unsupported, "“\(member.key)” is not taken: nothing is known of what it costs.",
                field: member.key, code: "unsupported_parameter")
        }
    }

    private static func check(_ members: JSON.Object) throws(Refusal) {
        try check(members, areAmong: known)
        if let tier = members["service_tier"], !tier.isNull, tier != "auto", tier != "default" {
            throw Refusal(.unsupported, "service_tier is auto or default.", field: "service_tier")
        }
        if let modalities = members["modalities"], !modalities.isNull, modalities != ["text"] {
            throw Refusal(.unsupported, "modalities are [“text”].", field: "modalities")
        }
    }
}

extension RouterFacts {
    /// - Parameter passed: what of the request goes to the model's server.
    fileprivate init(of asked: ChatCompletions.Request, _ passed: JSON.Object) throws(Refusal) {
        var images = 0
        var counted = passed
        counted["messages"] = try Self.measured(passed["messages"]?.array ?? [], &images)
        let tools = (passed["tools"]?.array ?? []) + (passed["functions"]?.array ?? [])
        for tool in passed["tools"]?.array ?? [] {
            let type = tool["type"]?.string ?? "function"
            guard ["function", "custom"].contains(type) else {
                throw Refusal(.unsupported, "Tools of type “\(type)” are not taken.", field: "tools")
            }
        }
        let schemas = ["tools", "functions", "response_format"].compactMap { passed[$0] }
        let calls = asked.messages.flatMap(\.toolCalls)
        self.init(bytes: JSON.object(counted).render().utf8.count, messages: asked.messages.count)
        laidOutBytes = (schemas + calls).reduce(0) { $0 + $1.render().utf8.count }
        self.tools = tools.count
        self.images = images
        if let choices = passed["n"], !choices.isNull {
            guard let number = choices.integer.flatMap({ Int(exactly: $0) }) else {
                throw .invalid("n", "n: expected an integer, got \(choices.kind)")
            }
            self.choices = number
        }
    }

    /// Messages without the addresses of their images, which are no text.
    private static func measured(_ messages: [JSON], _ images: inout Int) throws(Refusal) -> JSON {
        var all: [JSON] = []
        for (place, message) in messages.enumerated() {
            guard var members = message.object, let parts = members["content"]?.array else {
                all.append(message)
                continue
            }
            var texts: [JSON] = []
            for (index, part) in parts.enumerated() {
                switch part["type"]?.string {
                case "text", "refusal": texts.append(part)
                case "image_url": images += 1
                case let type:
                    throw Refusal(
                        .unsupported, "Parts of type “\(type ?? "?")” are not taken.",
                        field: "messages[\(place)].content[\(index)].type")
                }
            }
            members["content"] = .array(texts)
            all.append(.object(members))
        }
        return .array(all)
    }
}
