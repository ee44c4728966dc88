import Ledger

/// A rule as all layers together have it, and which of them say so.
package struct EffectiveRule: Sendable, Equatable {
    /// As the document names it: `maxPerPurchaseMinor`, `recurring.allowed`.
    package var name: String
    /// In the document's units.
    package var value: JSONValue
    /// `account`, `agent`, `key`: those that it comes from.
    package var layers: [String]
}

extension EffectivePolicy {
    /// Every rule that comes to one value; the others stand in the documents, and each of theirs counts.
    package var rules: [EffectiveRule] {
        (bounds + lists + router + networks).compactMap(\.self)
    }

    private var bounds: [EffectiveRule?] {
        [
            strictest("frozen", { $0.frozen ? true : nil }, by: { $0 && !$1 }) { .bool($0) },
            strictest("validFrom", \.validFrom, by: >) { .string($0.iso8601) },
            strictest("expiresAt", \.expiresAt, by: <) { .string($0.iso8601) },
            strictest("maxPerPurchaseMinor", \.maxPerPurchase, by: <) { .integer($0.minor) },
            strictest("maxQuantity", \.maxQuantity, by: <) { .integer(Int64($0)) },
            strictest("recurring.allowed", \.recurringAllowed, by: { !$0 && $1 }) { .bool($0) },
            strictest("recurring.maxPeriodMinor", \.maxRecurringPerPeriod, by: <) { .integer($0.minor) },
            strictest("approvalTtlMinutes", \.approvalTTLMinutes, by: <) { .integer(Int64($0)) },
            strictest("duplicateWindowMinutes", \.duplicateWindowMinutes, by: >) { .integer(Int64($0)) },
        ]
    }

    private var lists: [EffectiveRule?] {
        [
            common("allowedCategories", \.allowedCategories), all("blockedCategories", \.blockedCategories),
            common("allowedItems", \.allowedItems), all("blockedItems", \.blockedItems), common("scopes", \.scopes),
        ]
    }

    private var router: [EffectiveRule?] {
        [
            common("router.allowedModels") { $0.router?.allowedModels },
            strictest("router.maxKeyLimitUsd", { $0.router?.maxKeyLimit }, by: <) { .string($0.dollars) },
            strictest("router.rpm", { $0.router?.requestsPerMinute }, by: <) { .integer(Int64($0)) },
            strictest("router.tpm", { $0.router?.tokensPerMinute }, by: <) { .integer(Int64($0)) },
            strictest("router.maxTokens", { $0.router?.maxTokens }, by: <) { .integer(Int64($0)) },
        ]
    }

    /// Ranges are not cut with each other: an address has to be in one of each layer's.
    private var networks: [EffectiveRule?] {
        layers.map { layer in
            layer.policy.sourceCIDRs.map {
                EffectiveRule(name: "network.sourceCidrs", value: .texts($0), layers: [layer.subject.layer])
            }
        }
    }

    private func said<Value>(_ rule: (Policy) -> Value?) -> [(layer: String, value: Value)] {
        layers.compactMap { layer in rule(layer.policy).map { (layer.subject.layer, $0) } }
    }

    private func strictest<Value: Equatable>(
        _ name: String, _ rule: (Policy) -> Value?, by isStricter: (Value, Value) -> Bool,
        _ render: (Value) -> JSONValue
    ) -> EffectiveRule? {
        let said = said(rule)
        guard let value = said.map(\.value).min(by: isStricter) else { return nil }
        return EffectiveRule(name: name, value: render(value), layers: said.filter { $0.value == value }.map(\.layer))
    }

    private func common(_ name: String, _ rule: (Policy) -> [String]?) -> EffectiveRule? {
        let said = said(rule)
        guard let first = said.first?.value else { return nil }
        let common = said.reduce(first) { common, more in common.filter(more.value.contains) }
        return EffectiveRule(name: name, value: .texts(common), layers: said.map(\.layer))
    }

    private func all(_ name: String, _ rule: (Policy) -> [String]) -> EffectiveRule? {
        let said = said { policy in rule(policy).isEmpty ? nil : rule(policy) }
        guard !said.isEmpty else { return nil }
        let all = Set(said.flatMap(\.value)).sorted()
        return EffectiveRule(name: name, value: .texts(all), layers: said.map(\.layer))
    }
}

extension JSONValue {
    fileprivate static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
