import Domain
import Wire

/// What only owners do: the keys of their agents, and the rules for them.
extension Tool {
    /// Every operation of owners, in order.
    static let ofOwners =
        ownerKeys + ownerPolicies + ownerApprovals + ownerMoney + ownerStore + ownerPhones + ownerWebhooks

    /// A tool that no agent has.
    static func owner(
        _ name: String, effect: Effect = .read, keys: KeyRule = .never, _ summary: String,
        _ input: [InputField] = [], run: @escaping @Sendable (ToolCall) async throws -> ToolAnswer
    ) -> Tool {
        Tool(name, effect, keys: keys, scope: "owner", isForOwners: true, summary, input, run: run)
    }

    private static let ownerKeys = [
        owner("account_agent_list", "Lists the agents, each with its keys.") { call in
            let keys = try await call.front.agentKeys.list(of: call.buyer.account)
            var labels: [String] = []
            for key in keys where !labels.contains(key.agent) { labels.append(key.agent) }
            return .ok([
                "agents": .array(
                    labels.map { label in
                        [
                            "label": .string(label),
                            "keys": .array(keys.filter { $0.agent == label }.map(Render.key)),
                        ]
                    })
            ])
        },
        owner("account_agent_key_list", "Lists the keys of an agent.", [.agentLabel]) { call in
            let keys = try await call.front.agentKeys.list(of: call.buyer.account)
            let label = try call.input.needed("agent")
            return .ok(["keys": .array(keys.filter { $0.agent == label }.map(Render.key))])
        },
        owner(
            "account_agent_key_create", effect: .write,
            "Makes a key with which an agent buys. Its letters are told this once.",
            [
                .agentLabel,
                .optional(
                    "scopes", .list(.word(Tool.scopes), most: 100), "What it is good for; the usual without."),
                .test,
            ]
        ) { call in
            let made = try await call.front.agentKeys.add(
                account: try call.accountName, agent: call.input.needed("agent"),
                scopes: call.input.texts("scopes") ?? [], isTest: call.input.flag("test") ?? false)
            return ToolAnswer(body: ["id": .string(made.id.uuid), "key": .string(made.key)], kind: .created)
        },
        owner(
            "account_agent_key_rotate", effect: .write,
            "Gives a key other letters, told this once; the old ones are honoured for some hours.",
            [
                .agentLabel, .keyID,
                .optional("overlapHours", .integer(0...720), "For how many hours; 24 if nothing is said."),
            ]
        ) { call in
            try await call.checkKey()
            let made = try await call.front.agentKeys.rotate(
                id: call.input.needed("keyId"), of: call.buyer.account,
                overlapHours: call.input.count("overlapHours") ?? 24)
            // At once on this server, and on the others within a second.
            try await call.front.directory.refresh()
            return .ok(["id": .string(made.id.uuid), "key": .string(made.key)])
        },
        owner("account_agent_key_revoke", effect: .destructive, "Ends a key for good.", [.agentLabel, .keyID]) {
            call in
            try await call.checkKey()
            let id = try call.input.needed("keyId")
            try await call.front.agentKeys.revoke(id: id, of: call.buyer.account)
            try await call.front.directory.refresh()
            return .ok(["id": .string(id), "revoked": true])
        },
    ]

    private static let ownerPolicies = [
        owner("account_policy_list", "Lists the policies in force.") { call in
            .ok(["policies": .array(try await call.shop.policies(of: call.buyer.account).map(Render.version))])
        },
        owner(
            "account_policy_set", effect: .write,
            "Sets the policy of the account, an agent or a key: at once in force.",
            [.subject, .policy]
        ) { call in
            let (version, warnings) = try await call.shop.setPolicy(
                call.policyDocument, of: call.policySubject, by: call.buyer)
            return .ok(["policy": Render.version(version), "warnings": Render.texts(warnings)])
        },
        owner(
            "account_policy_simulate", "Tells which of the purchases there were a policy would have judged otherwise.",
            [.subject, .policy]
        ) { call in
            .ok(
                Render.simulation(
                    try await call.shop.simulate(
                        call.policyDocument, of: call.policySubject, account: call.buyer.account)))
        },
    ]
}

extension InputField {
    static let test = optional("test", .flag, "Whether it is about play money.")
    fileprivate static let agentLabel = required(
        "agent", .text(longest: 64), "What the owner calls the agent.", example: "shopper")
    fileprivate static let keyID = required("keyId", .id, "The key.")
    fileprivate static let subject = required(
        "subject", .text(longest: 200), "account, agent:<label> or key:<id>.", example: "account")
    fileprivate static let policy = required(
        "policy", .free, "The rules.", example: ["maxPerPurchaseMinor": 5000])
}

extension ToolCall {
    fileprivate var accountName: String {
        get throws(Refusal) {
            guard let name = front.directory.snapshot.accounts[buyer.account]?.name else {
                throw Refusal(.notFound, "The account is not there any more.")
            }
            return name
        }
    }

    fileprivate var policyDocument: JSONValue { input.value("policy").map { JSONValue($0) } ?? [:] }

    fileprivate var policySubject: PolicyVersion.Subject {
        get throws(Refusal) {
            guard let subject = PolicyVersion.Subject(text: try input.needed("subject")) else {
                throw .invalid("subject", "subject is account, agent:<label> or key:<id>.")
            }
            return subject
        }
    }

    /// - Throws: `notFound` for a key that is not this agent's.
    fileprivate func checkKey() async throws {
        let (label, id) = (try input.needed("agent"), try input.neededID("keyId"))
        let keys = try await front.agentKeys.list(of: buyer.account)
        guard keys.contains(where: { $0.id == id && $0.agent == label }) else {
            throw Refusal(.notFound, "The agent “\(label)” has no key \(id).", field: "keyId")
        }
    }
}

extension Render {
    fileprivate static func key(_ key: AgentKey) -> JSON {
        var object: JSON.Object = [
            "id": .string(key.id.uuid), "agent": .string(key.agent), "scopes": texts(key.scopes),
            "testMode": .bool(key.isTest), "status": key.revokedAt == nil ? "active" : "revoked",
        ]
        object["createdAt"] = moment(key.createdAt)
        object["revokedAt"] = moment(key.revokedAt)
        object["lastUsedAt"] = moment(key.lastUsedAt)
        return .object(object)
    }
}
