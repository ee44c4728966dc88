import Domain
import Wire

/// The domain's nouns as the command line shows them.
enum Shown {
    static func account(_ account: Account) -> JSON.Object {
        [
            "id": .string(account.id.uuid), "name": .string(account.name),
            "created_at": .string(account.createdAt.iso8601),
        ]
    }

    static func agent(_ agent: Agent, _ accounts: [ID: String]) -> JSON.Object {
        [
            "code": .string(agent.code), "number": .integer(agent.number),
            "account": .string(accounts[agent.account] ?? agent.account.uuid), "name": .string(agent.name),
            "upstream": .string(agent.source.upstream), "model": .string(agent.source.model),
            "high_performance_model": text(agent.highPerformanceModel),
            "fallback": .array(
                agent.fallback.map {
                    ["upstream": .string($0.upstream), "model": .string($0.model)]
                }),
            "instructions": text(agent.instructions), "temperature": agent.temperature.map { .number($0) } ?? .null,
            "max_output_tokens": number(agent.maxOutputTokens), "on_disconnect": .string(agent.leaving.rawValue),
            "knowledge": .array(agent.knowledge.map { .string($0) }),
            "created_at": .string(agent.createdAt.iso8601),
        ]
    }

    static func key(_ key: APIKey, _ accounts: [ID: String]) -> JSON.Object {
        [
            "id": .string(key.id.uuid), "label": .string(key.label),
            "account": .string(accounts[key.account] ?? key.account.uuid),
            "agents": .array(key.agents.map { .string($0) }), "framing": .string(key.framing.rawValue),
            "created_at": .string(key.createdAt.iso8601),
        ]
    }

    static func credentials(_ made: APIKeys.Credentials) -> JSON.Object {
        [
            "id": .string(made.id.uuid), "key": .string(made.key), "webhook_secret": .string(made.webhookSecret),
        ]
    }

    static func client(_ client: Client, _ accounts: [ID: String]) -> JSON.Object {
        [
            "client_id": .string(client.id), "edition": .string(client.edition.rawValue),
            "realm": text(client.realm), "user": text(client.user),
            "account": .string(accounts[client.account] ?? client.account.uuid),
            "agents": .array(client.agents.map { .string($0) }), "scopes": .array(client.scopes.map { .string($0) }),
            "created_at": .string(client.createdAt.iso8601),
        ]
    }

    static func credentials(_ credentials: Clients.Credentials) -> JSON.Object {
        ["client_id": .string(credentials.clientID), "client_secret": .string(credentials.secret)]
    }

    static func upstream(_ upstream: UpstreamSettings, isConfigured: Bool) -> JSON.Object {
        [
            "name": .string(upstream.name), "kind": .string(upstream.kind.rawValue), "url": .string(upstream.url),
            "key_env": text(upstream.keyVariable), "from": isConfigured ? "config" : "store",
        ]
    }

    static func signingKey(_ key: SigningKey) -> JSON.Object {
        [
            "kid": .string(key.kid), "created_at": .string(key.createdAt.iso8601),
            "retired_at": text(key.retiredAt?.iso8601),
        ]
    }

    static func run(_ run: RunSummary, _ accounts: [ID: String]) -> JSON.Object {
        [
            "id": .string(run.id.uuid), "account": .string(accounts[run.account] ?? run.account.uuid),
            "agent": .string(run.agent), "conversation": .string(run.conversation),
            "status": .string(run.status.rawValue), "finish_reason": text(run.finishReason.map(word)),
            "created_at": .string(run.createdAt.iso8601), "ended_at": text(run.endedAt?.iso8601),
        ]
    }

    static func wholeRun(_ run: Run, _ accounts: [ID: String], eventCount: Int) -> JSON.Object {
        var shown = Self.run(run.summary, accounts)
        shown["principal"] = .string(run.principal)
        shown["answer"] = .string(run.answer)
        shown["refusal"] =
            run.refusal.map {
                ["reason": .string($0.reason.rawValue), "message": .string($0.message)]
            } ?? .null
        shown["usage"] =
            run.usage.map {
                ["input_tokens": .integer(Int64($0.inputTokens)), "output_tokens": .integer(Int64($0.outputTokens))]
            } ?? .null
        shown["events"] = .integer(Int64(eventCount))
        return shown
    }

    static func callback(_ callback: Callback) -> JSON.Object {
        [
            "request": .string(callback.run.uuid), "state": .string(callback.state.rawValue),
            "attempts": number(callback.attempts),
            "next_at": text(callback.state == .due ? callback.dueAt.iso8601 : nil),
            "url": .string(callback.target.url), "key": .string(callback.target.key.uuid),
            "created_at": .string(callback.createdAt.iso8601),
        ]
    }

    static func callback(_ whole: Callbacks.Whole) -> JSON.Object {
        var shown = callback(whole.callback)
        shown["endpoint_failures"] = number(whole.endpoint?.failures ?? 0)
        shown["endpoint_paused_until"] = text(whole.endpoint?.pausedUntil?.iso8601)
        shown["deliveries"] = .array(
            whole.deliveries.map { delivery in
                [
                    "number": number(delivery.number), "at": .string(delivery.at.iso8601),
                    "milliseconds": number(delivery.milliseconds.map { Int($0) }), "status": number(delivery.status),
                    "problem": text(delivery.problem),
                ]
            })
        return shown
    }

    private static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .stop, .length, .budget: reason.rawValue
        }
    }

    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    static func number(_ number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }
}

extension House {
    /// The accounts' names by their ids.
    func accountNames() async throws -> [ID: String] {
        Dictionary(uniqueKeysWithValues: try await accounts.list().map { ($0.id, $0.name) })
    }
}
