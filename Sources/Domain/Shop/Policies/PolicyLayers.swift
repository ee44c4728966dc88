import Ledger

/// What layers come to together, where the answer is one value.
extension [PolicyLayer] {
    private static let usualApprovalMinutes = 24 * 60

    /// The account's before the agent's before the key's.
    package var inOrder: [PolicyLayer] {
        let names = ["account", "agent", "key"]
        return names.flatMap { name in filter { $0.subject.layer == name } }
    }

    /// Whether no layer keeps a scope from who has it.
    package func allows(scope: String) -> Bool {
        allSatisfy { $0.policy.scopes?.contains(scope) ?? true }
    }

    /// For how long the same thing counts as bought by mistake; 0 for not at all.
    package var duplicateWindowMinutes: Int { compactMap(\.policy.duplicateWindowMinutes).max() ?? 0 }

    /// How long a person may take to agree, at most.
    package var approvalMinutes: Int {
        compactMap(\.policy.approvalTTLMinutes).min() ?? Self.usualApprovalMinutes
    }

    /// What every layer lets keys of the router be.
    package var router: Policy.RouterRule {
        compactMap(\.policy.router).reduce(Policy.RouterRule()) { $0.and($1) }
    }
}

extension Policy.RouterRule {
    /// Both at once.
    package func and(_ other: Self) -> Self {
        Self(
            allowedModels: Self.both(allowedModels, other.allowedModels),
            maxKeyLimit: Self.least(maxKeyLimit, other.maxKeyLimit),
            requestsPerMinute: Self.least(requestsPerMinute, other.requestsPerMinute),
            tokensPerMinute: Self.least(tokensPerMinute, other.tokensPerMinute),
            maxTokens: Self.least(maxTokens, other.maxTokens))
    }

    package func allows(model: String) -> Bool { allowedModels?.contains(model) ?? true }

    private static func both(_ one: [String]?, _ other: [String]?) -> [String]? {
        guard let one, let other else { return one ?? other }
        return one.filter(other.contains)
    }

    private static func least<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
