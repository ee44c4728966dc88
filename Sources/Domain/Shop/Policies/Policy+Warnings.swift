import Ledger

/// What an owner may not have meant.
extension Policy {
    /// Sentences, each with the place that it is about; none for a policy that says what it seems to.
    package func warnings() -> [String] {
        emptyLists + contradictions + spendingThatHardlyCounts + purchasesThatHardlyCount + approvalsThatNeverAsk
            + strangeScopes + repeatedNames
    }

    private var emptyLists: [String] {
        var warnings: [String] = []
        if allowedCategories == [] { warnings.append("allowedCategories is empty: nothing can be bought.") }
        if allowedItems == [] { warnings.append("allowedItems is empty: nothing can be bought.") }
        if scopes == [] { warnings.append("scopes is empty: nothing can be done.") }
        if sourceCIDRs == [] { warnings.append("network.sourceCidrs is empty: nothing can be bought.") }
        if router?.allowedModels == [] { warnings.append("router.allowedModels is empty: no model can be used.") }
        if maxPerPurchase == .zero { warnings.append("maxPerPurchaseMinor is 0: nothing can be bought.") }
        for (index, limit) in spendLimits.enumerated() where limit.amount == .zero {
            warnings.append("spendLimits[\(index)].amountMinor is 0: nothing that it is about can be bought.")
        }
        for (index, limit) in maxPurchases.enumerated() where limit.count == 0 {
            warnings.append("maxPurchases[\(index)].count is 0: nothing can be bought.")
        }
        for (index, constraint) in constraints.enumerated() where constraint.among == [] {
            warnings.append("constraints[\(index)].in is empty: nothing that it is about can be bought.")
        }
        return warnings
    }

    private var contradictions: [String] {
        let categories = blockedCategories.filter { allowedCategories?.contains($0) ?? false }.map {
            "blockedCategories names \($0), which is allowed too: it is blocked."
        }
        let items = blockedItems.filter { allowedItems?.contains($0) ?? false }.map {
            "blockedItems names \($0), which is allowed too: it is blocked."
        }
        return categories + items
    }

    /// A shorter time that allows more than a longer one that covers it.
    private var spendingThatHardlyCounts: [String] {
        var warnings: [String] = []
        for (index, limit) in spendLimits.enumerated() {
            for (place, longer) in spendLimits.enumerated()
            where longer.interval.isLonger(than: limit.interval) && longer.covers(limit.categories)
                && limit.amount > longer.amount
            {
                warnings.append(
                    "spendLimits[\(index)] allows more \(limit.interval.words) than spendLimits[\(place)] does "
                        + "\(longer.interval.words).")
            }
            if limit.covers(nil), let most = maxPerPurchase, most > limit.amount {
                warnings.append("maxPerPurchaseMinor is more than spendLimits[\(index)] allows: it never counts.")
            }
        }
        return warnings
    }

    private var purchasesThatHardlyCount: [String] {
        maxPurchases.enumerated().flatMap { index, limit in
            maxPurchases.enumerated().filter { _, longer in
                longer.interval.isLonger(than: limit.interval) && limit.count > longer.count
            }.map { place, longer in
                "maxPurchases[\(index)] allows more \(limit.interval.words) than maxPurchases[\(place)] does "
                    + "\(longer.interval.words)."
            }
        }
    }

    private var approvalsThatNeverAsk: [String] {
        var warnings: [String] = []
        for (index, rule) in approval.enumerated() {
            if let above = rule.above, let most = maxPerPurchase, above >= most {
                warnings.append(
                    "approval.rules[\(index)] asks only above what maxPerPurchaseMinor allows: it never asks.")
            }
            if rule.categories == [] {
                warnings.append("approval.rules[\(index)].categories is empty: it never asks.")
            }
            if rule.recurring, recurringAllowed == false {
                warnings.append("approval.rules[\(index)] asks only for what recurring.allowed denies: it never asks.")
            }
        }
        if approvalTTLMinutes != nil, approval.isEmpty {
            warnings.append("approvalTtlMinutes stands without approval rules: it counts for those of other layers.")
        }
        return warnings
    }

    /// Scopes of services are named by what is sold, so that others than the shop's own may be meant.
    private var strangeScopes: [String] {
        (scopes ?? []).enumerated().compactMap { index, scope in
            guard !Capability.all.contains(scope), let guess = NearestName.to(scope, among: Capability.all),
                scope.split(separator: ":").first.map(String.init).map(Self.isOfTheShop) ?? true
            else { return nil }
            return "scopes[\(index)] is \(scope), which is no scope of the shop; did you mean \(guess)?"
        }
    }

    private static func isOfTheShop(_ word: String) -> Bool {
        let words = Set(Capability.all.map { String($0.prefix { $0 != ":" }) })
        return words.contains { $0 == word || NearestName.to(word, among: [$0]) != nil }
    }

    private var repeatedNames: [String] {
        let names = spendLimits.compactMap(\.id) + maxPurchases.compactMap(\.id) + approval.compactMap(\.id)
        let repeated = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        return repeated.map { "Several rules have the id \($0): traces do not tell them apart." }
    }
}

extension Policy.SpendLimit {
    /// Whether it is about all of these categories, or about everything.
    fileprivate func covers(_ others: [String]?) -> Bool {
        guard let categories else { return true }
        return others.map { $0.allSatisfy(categories.contains) } ?? false
    }
}

extension Policy.Interval {
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    fileprivate func isLonger(than other: Self) -> Bool { rank > other.rank }

    fileprivate var words: String {
        switch self {
        case .perPurchase: "for a purchase"
        case .hourly: "an hour"
        case .daily: "a day"
        case .weekly: "a week"
        case .monthly: "a month"
        case .yearly: "a year"
        case .allTime: "in all"
        }
    }
}
