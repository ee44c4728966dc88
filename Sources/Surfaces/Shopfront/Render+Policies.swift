import Domain
import Ledger
import Wire

/// The rules that hold for a buyer, and what is left of their budgets.
extension Render {
    static func effective(_ policy: EffectivePolicy) -> JSON {
        [
            "rules": .array(policy.rules.map(rule)), "layers": .array(policy.layers.map(layer)),
            "budgets": .array(policy.budgets.map(budget)), "currency": currency,
        ]
    }

    /// A rule as all layers together have it, and those that it comes from.
    private static func rule(_ rule: EffectiveRule) -> JSON {
        ["name": .string(rule.name), "value": JSON(rule.value), "layers": texts(rule.layers)]
    }

    private static func layer(_ layer: PolicyLayer) -> JSON {
        [
            "layer": .string(layer.subject.layer), "subject": .string(layer.subject.text),
            "policyId": .string(layer.id.uuid), "version": .integer(layer.number), "policy": JSON(layer.document),
        ]
    }

    private static func budget(_ budget: BudgetStanding) -> JSON {
        var object: JSON.Object = [
            "layer": .string(budget.layer), "ruleId": .string(budget.rule),
            "interval": .string(budget.interval.rawValue),
        ]
        put(budget.limit, as: "limit", into: &object)
        put(budget.used, as: "used", into: &object)
        put(budget.held, as: "held", into: &object)
        put(budget.remaining, as: "remaining", into: &object)
        object["resetsAt"] = moment(budget.resetsAt)
        object["categories"] = budget.categories.map(texts)
        return .object(object)
    }

    /// `limitMinor` of money, `limitCount` of purchases.
    private static func put(_ amount: BudgetAmount, as name: String, into object: inout JSON.Object) {
        switch amount {
        case .money(let money): object[name + "Minor"] = minor(money)
        case .purchases(let count): object[name + "Count"] = .integer(count)
        }
    }

    static func version(_ version: PolicyVersion) -> JSON {
        [
            "id": .string(version.id.uuid), "subject": .string(version.subject), "version": .integer(version.number),
            "current": .bool(version.isCurrent), "policy": JSON(version.document), "actor": .string(version.actor),
            "createdAt": .string(version.createdAt.iso8601),
        ]
    }

    static func simulation(_ simulation: Shop.PolicySimulation) -> JSON {
        [
            "purchases": .integer(Int64(simulation.purchases)),
            "changed": .array(
                simulation.changes.map { change in
                    [
                        "purchaseId": .string(change.purchase.uuid), "was": .string(change.was.word),
                        "would": .string(change.would.word), "trace": trace(change.trace),
                    ]
                }),
        ]
    }
}
