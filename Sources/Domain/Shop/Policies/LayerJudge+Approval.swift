import Ledger

/// When a person is asked.
extension LayerJudge {
    mutating func judgeApproval() throws {
        for (index, rule) in policy.approval.enumerated() {
            guard let reasons = try reasons(of: rule) else { continue }
            let what = reasons.isEmpty ? "Everything" : "What \(reasons.joined(separator: ", "))"
            let asks = "\(what) needs a person’s word\(wish.isAgreedTo ? ", which was given" : "")."
            say(wish.isAgreedTo ? .allow : .ask, rule.id ?? "approval.rules[\(index)]", limit: rule.above, asks)
        }
    }

    /// What it asks for, where all of it is so. Of actions that cost nothing it asks only where it says so.
    private func reasons(of rule: Policy.ApprovalRule) throws -> [String]? {
        guard rule.destructiveAction ? wish.isDestructive : wish.isPurchase else { return nil }
        var reasons = rule.destructiveAction ? ["destroys something"] : []
        if let above = rule.above {
            guard wish.price.total > above else { return nil }
            reasons.append("costs more than \(above.dollars) USD")
        }
        if let categories = rule.categories {
            guard categories.contains(wish.item.category) else { return nil }
            reasons.append("is of the category \(wish.item.category)")
        }
        if rule.recurring {
            guard wish.price.recurring != nil else { return nil }
            reasons.append("costs again and again")
        }
        if let hours = rule.outsideHours {
            guard !Self.isWithin(hours, wish.at.hour) else { return nil }
            reasons.append("is not between \(hours.from) and \(hours.to) o’clock UTC")
        }
        if rule.firstOfCategory {
            guard try !ground.hasBought(category: wish.item.category, by: layer.subject) else { return nil }
            reasons.append("is the first of the category \(wish.item.category)")
        }
        return reasons
    }

    /// The night's hours go over midnight.
    private static func isWithin(_ hours: (from: Int, to: Int), _ hour: Int) -> Bool {
        hours.from < hours.to
            ? hours.from <= hour && hour < hours.to : hour >= hours.from || hour < hours.to
    }
}
