import Ledger

/// The owner's document, read.
extension Policy {
    private static let names = [
        "frozen", "validFrom", "expiresAt", "allowedCategories", "blockedCategories", "allowedItems", "blockedItems",
        "scopes", "maxPerPurchaseMinor", "maxQuantity", "spendLimits", "maxPurchases", "maxActiveServices", "approval",
        "approvalRules", "approvalTtlMinutes", "constraints", "configuration", "recurring", "router", "network",
        "duplicateWindowMinutes", "onEngineError",
    ]

    /// - Parameter document: an object with any of the rules; amounts are in cents, moments in ISO 8601.
    /// - Throws: `invalid`, with the place at fault, such as `spendLimits[0].amountMinor`.
    package init(parsing document: JSONValue) throws(Refusal) {
        self.init()
        let part = try DocumentPart(document, knowing: Self.names)
        try readBounds(part)
        try readLists(part)
        spendLimits = try Self.spendLimits(part)
        maxPurchases = try Self.purchaseLimits(part)
        maxActiveServices = try Self.serviceLimits(part)
        approval = try Self.approvalRules(part)
        constraints = try Self.constraints(part)
        try readRecurring(part)
        router = try Self.router(part)
        sourceCIDRs = try Self.sourceCIDRs(part)
        if let word = try part.text("onEngineError"), word != "deny" {
            throw part.fault("onEngineError", "is deny: what cannot be judged is not bought.")
        }
    }

    private mutating func readBounds(_ part: DocumentPart) throws(Refusal) {
        frozen = try part.flag("frozen") ?? false
        validFrom = try part.moment("validFrom")
        expiresAt = try part.moment("expiresAt")
        if let validFrom, let expiresAt, validFrom >= expiresAt {
            throw part.fault("expiresAt", "is later than validFrom.")
        }
        maxPerPurchase = try part.minor("maxPerPurchaseMinor")
        maxQuantity = try part.count("maxQuantity", from: 1)
        approvalTTLMinutes = try part.count("approvalTtlMinutes", from: 1, to: 60 * 24 * 60)
        duplicateWindowMinutes = try part.count("duplicateWindowMinutes", to: 366 * 24 * 60)
    }

    private mutating func readLists(_ part: DocumentPart) throws(Refusal) {
        allowedCategories = try part.texts("allowedCategories")
        blockedCategories = try part.texts("blockedCategories") ?? []
        allowedItems = try part.texts("allowedItems")
        blockedItems = try part.texts("blockedItems") ?? []
        scopes = try part.texts("scopes")
    }

    private mutating func readRecurring(_ part: DocumentPart) throws(Refusal) {
        guard let part = try part.part("recurring", knowing: ["allowed", "maxPeriodMinor"]) else { return }
        recurringAllowed = try part.flag("allowed")
        maxRecurringPerPeriod = try part.minor("maxPeriodMinor")
    }

    private static func router(_ part: DocumentPart) throws(Refusal) -> RouterRule? {
        let names = ["allowedModels", "maxKeyLimitUsd", "rpm", "tpm", "maxTokens"]
        guard let part = try part.part("router", knowing: names) else { return nil }
        return RouterRule(
            allowedModels: try part.texts("allowedModels"), maxKeyLimit: try part.dollars("maxKeyLimitUsd"),
            requestsPerMinute: try part.count("rpm", from: 1), tokensPerMinute: try part.count("tpm", from: 1),
            maxTokens: try part.count("maxTokens", from: 1))
    }

    private static func sourceCIDRs(_ part: DocumentPart) throws(Refusal) -> [String]? {
        guard let part = try part.part("network", knowing: ["sourceCidrs"]) else { return nil }
        let ranges = try part.texts("sourceCidrs")
        for (index, range) in (ranges ?? []).enumerated() where AddressRange(parsing: range) == nil {
            throw part.fault(
                "sourceCidrs[\(index)]", "is a range of addresses such as 203.0.113.0/24 or 2001:db8::/32.")
        }
        return ranges
    }
}
