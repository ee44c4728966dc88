import Ledger

/// What a key of the router is made with.
extension LayerJudge {
    /// A new key without a limit has none, so that it exceeds every limit; a change that leaves one out leaves it as
    /// it is.
    mutating func judgeRouter() {
        guard let rule = policy.router, let isNew = wish.makesRouterKey else { return }
        let input = wish.configuration
        func isSaid(_ name: String) -> Bool { isNew || input.object?[name] != nil }
        if let most = rule.maxKeyLimit, isSaid("limitUsd") {
            let limit = try? input["limitUsd"]?.dollars("limitUsd", least: .zero, most: most)
            say(
                limit == nil ? .deny : .allow, "router.maxKeyLimitUsd", limit: most,
                "limitUsd is needed, \(most.dollars) at most.")
        }
        if let models = rule.allowedModels, isSaid("allowedModels") {
            let wanted = input["allowedModels"]?.array?.map(\.string)
            let areAllowed = wanted?.allSatisfy { $0.map(models.contains) ?? false } ?? false
            say(
                areAllowed ? .allow : .deny, "router.allowedModels",
                "allowedModels are needed, of \(models.joined(separator: ", ")).")
        }
        for (name, most) in [("rpm", rule.requestsPerMinute), ("tpm", rule.tokensPerMinute)] where isSaid(name) {
            guard let most else { continue }
            let isSmall = input[name]?.integer.map { $0 <= most } ?? false
            say(isSmall ? .allow : .deny, "router.\(name)", "\(name) is needed, \(most) at most.")
        }
    }
}

extension PolicyWish {
    /// Whether a new key of the router is made, or one is changed; nil for neither.
    fileprivate var makesRouterKey: Bool? {
        switch action {
        case "router_api_key_create": true
        case "router_api_key_update": false
        default: nil
        }
    }
}

extension Policy.RouterRule {
    /// The input of a new key, with what the rule allows for what is not said.
    package func completing(_ input: JSONValue) -> JSONValue {
        guard var members = input.object else { return input }
        func complete(_ name: String, _ value: JSONValue?) {
            if input[name] == nil, let value { members[name] = value }
        }
        complete("limitUsd", maxKeyLimit.map { .string($0.dollars) })
        complete("allowedModels", allowedModels.map { .array($0.map { .string($0) }) })
        complete("rpm", requestsPerMinute.map { .integer(Int64($0)) })
        complete("tpm", tokensPerMinute.map { .integer(Int64($0)) })
        return .object(members)
    }
}
