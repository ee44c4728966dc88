import Ledger

/// Rules of which a document may have several.
extension Policy {
    static func spendLimits(_ part: DocumentPart) throws(Refusal) -> [SpendLimit] {
        var limits: [SpendLimit] = []
        for part in try part.parts("spendLimits", knowing: ["id", "interval", "amountMinor", "categories"]) {
            let limit = SpendLimit(
                id: try part.text("id"), interval: try interval(part, Interval.allCases),
                amount: try part.need("amountMinor", part.minor("amountMinor")),
                categories: try part.texts("categories"))
            if let twin = limits.firstIndex(where: { $0.measure == limit.measure }) {
                throw part.fault("interval", "is limited by spendLimits[\(twin)] already, for the same categories.")
            }
            if limit.categories == [] { throw part.fault("categories", "names one category at least.") }
            limits.append(limit)
        }
        return limits
    }

    static func purchaseLimits(_ part: DocumentPart) throws(Refusal) -> [PurchaseLimit] {
        var limits: [PurchaseLimit] = []
        for part in try part.parts("maxPurchases", knowing: ["id", "interval", "count"]) {
            let limit = PurchaseLimit(
                id: try part.text("id"), interval: try interval(part, Interval.allCases.filter { $0 != .perPurchase }),
                count: Int64(try part.need("count", part.count("count"))))
            if let twin = limits.firstIndex(where: { $0.interval == limit.interval }) {
                throw part.fault("interval", "is limited by maxPurchases[\(twin)] already.")
            }
            limits.append(limit)
        }
        return limits
    }

    private static func interval(_ part: DocumentPart, _ choices: [Interval]) throws(Refusal) -> Interval {
        let word = try part.need("interval", part.text("interval"))
        guard let interval = choices.first(where: { $0.rawValue == word }) else {
            throw part.fault("interval", "is one of \(choices.map(\.rawValue).joined(separator: ", ")).")
        }
        return interval
    }

    /// One or several.
    static func serviceLimits(_ part: DocumentPart) throws(Refusal) -> [ServiceLimit] {
        let (name, names) = ("maxActiveServices", ["type", "count"])
        var limits: [ServiceLimit] = []
        var parts: [DocumentPart] = []
        if part.value(name)?.object == nil {
            parts = try part.parts(name, knowing: names)
        } else if let one = try part.part(name, knowing: names) {
            parts = [one]
        }
        for part in parts {
            limits.append(
                ServiceLimit(type: try part.text("type"), count: try part.need("count", part.count("count"))))
        }
        return limits
    }

    /// In `approval.rules` or, shorter, in `approvalRules`.
    static func approvalRules(_ part: DocumentPart) throws(Refusal) -> [ApprovalRule] {
        let approval = try part.part("approval", knowing: ["rules"])
        if approval != nil, part.value("approvalRules") != nil {
            throw part.fault("approvalRules", "stands beside approval: write the rules into one of them.")
        }
        let names = [
            "id", "aboveMinor", "categories", "firstOfCategory", "recurring", "destructiveAction", "outsideHours",
        ]
        var rules: [ApprovalRule] = []
        let parts = approval ?? part
        for part in try parts.parts(approval == nil ? "approvalRules" : "rules", knowing: names) {
            rules.append(
                ApprovalRule(
                    id: try part.text("id"), above: try part.minor("aboveMinor"),
                    categories: try part.texts("categories"),
                    firstOfCategory: try part.flag("firstOfCategory") ?? false,
                    recurring: try part.flag("recurring") ?? false,
                    destructiveAction: try part.flag("destructiveAction") ?? false,
                    outsideHours: try hours(part)))
        }
        return rules
    }

    private static func hours(_ part: DocumentPart) throws(Refusal) -> (from: Int, to: Int)? {
        guard let part = try part.part("outsideHours", knowing: ["from", "to"]) else { return nil }
        let from = try part.need("from", part.count("from", to: 23))
        let to = try part.need("to", part.count("to", to: 24))
        guard from != to else { throw part.fault("to", "is another hour than from.") }
        return (from, to)
    }

    /// `configuration` is another word for `constraints`.
    static func constraints(_ part: DocumentPart) throws(Refusal) -> [Constraint] {
        if part.value("constraints") != nil, part.value("configuration") != nil {
            throw part.fault("configuration", "stands beside constraints: write the rules into one of them.")
        }
        let name = part.value("configuration") == nil ? "constraints" : "configuration"
        let names = ["jsonPath", "in", "max", "min", "pattern", "equals", "categories"]
        var constraints: [Constraint] = []
        for part in try part.parts(name, knowing: names) { constraints.append(try constraint(part)) }
        return constraints
    }

    private static func constraint(_ part: DocumentPart) throws(Refusal) -> Constraint {
        let path = try part.need("jsonPath", part.text("jsonPath"))
        guard ConfigurationPath(parsing: path) != nil else {
            throw part.fault("jsonPath", "is a path such as $.periodYears, $['region'], $.list[0] or $.list[*].")
        }
        let constraint = Constraint(
            path: path, among: try part.list("in"), most: try part.number("max"), least: try part.number("min"),
            pattern: try part.text("pattern"), equals: part.value("equals"), categories: try part.texts("categories"))
        if let pattern = constraint.pattern {
            do throws(TextPattern.Fault) { _ = try TextPattern(parsing: pattern) } catch {
                throw part.fault("pattern", "is no pattern: \(error.message)")
            }
        }
        if let least = constraint.least, let most = constraint.most, least > most {
            throw part.fault("max", "is not smaller than min.")
        }
        guard constraint.saysSomething else { throw part.fault("jsonPath", "needs in, max, min, pattern or equals.") }
        return constraint
    }
}
