/// What layers come to together, where the answer is one value.
extension [PolicyLayer] {
    private static let usualApprovalMinutes = 24 * 60

    /// The account's before the agent's before the key's.
    package var inOrder: [PolicyLayer] {
        let names = ["account", "agent", "key"]
        return names.flatMap { name in filter { $0.subject.layer == name } }
    }

    /// Whether no layer keeps a scope from who has it.
    package func allows(scope: String) -> Bool { withholding([scope]).isEmpty }

    /// What layers keep from who has it: each that has none of these scopes.
    func withholding(_ scopes: [String]) -> [PolicyTrace] {
        filter { layer in layer.policy.scopes.map { known in !scopes.contains(where: known.contains) } ?? false }
            .map { layer in
                PolicyTrace(
                    layer: layer.subject.layer, rule: "scopes", outcome: .deny,
                    message: "The policy does not have the scope \(scopes.joined(separator: " or ")).")
            }
    }

    /// For how long the same thing counts as bought by mistake; 0 for not at all.
    package var duplicateWindowMinutes: Int { compactMap(\.policy.duplicateWindowMinutes).max() ?? 0 }

    /// How long a person may take to agree, at most.
    package var approvalMinutes: Int {
        compactMap(\.policy.approvalTTLMinutes).min() ?? Self.usualApprovalMinutes
    }
}
