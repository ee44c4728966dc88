import Ledger

/// What one layer's policy says of a wish, rule by rule.
struct LayerJudge<Ground: PolicyGround> {
    let wish: PolicyWish
    let layer: PolicyLayer
    let ground: Recall<Ground>
    private(set) var trace: [PolicyTrace] = []
    var draws: [BudgetDraw] = []

    var policy: Policy { layer.policy }

    init(_ wish: PolicyWish, under layer: PolicyLayer, on ground: Ground) {
        self.wish = wish
        self.layer = layer
        self.ground = Recall(ground: ground)
    }

    private typealias Rule = (inout Self) throws -> Void

    /// In the order of the trace. No rule takes back what another has said: one more can only narrow.
    private static var always: [Rule] {
        [
            { $0.judgeTimes() }, { $0.judgeCategories() }, { $0.judgeItems() }, { $0.judgeNetwork() },
            { try $0.judgeConstraints() },
        ]
    }

    /// Of what neither costs nor destroys anything: whoever has a service may go on with it, unless all is stopped.
    private static var ofChanges: [Rule] { [{ $0.judgeTimes() }, { $0.judgeNetwork() }] }

    private static var ofPurchases: [Rule] {
        [
            { $0.judgeScopes() }, { $0.judgeSize() }, { $0.judgeRecurring() }, { try $0.judgeServices() },
            { $0.judgeSpendingAtOnce() },
            { try $0.judgeBudgets() },
        ]
    }

    /// - Throws: only what the ground throws.
    mutating func judge() throws {
        let rules = Self.always + (wish.isPurchase ? Self.ofPurchases : []) + [{ try $0.judgeApproval() }]
        for rule in wish.isPurchase || wish.isDestructive ? rules : Self.ofChanges {
            do {
                try rule(&self)
            } catch let failure as Recall<Ground>.Failure {
                throw failure.cause
            } catch {
                deny("engine", "A rule could not be judged: nothing is bought then.")
            }
        }
    }

    mutating func say(
        _ outcome: PolicyTrace.Outcome, _ rule: String, limit: Money? = nil, used: Money? = nil, held: Money? = nil,
        resetsAt: Timestamp? = nil, _ message: String
    ) {
        trace.append(
            PolicyTrace(
                layer: layer.subject.layer, rule: rule, outcome: outcome, limit: limit, used: used, held: held,
                resetsAt: resetsAt, message: message))
    }

    mutating func deny(_ rule: String, _ message: String) { say(.deny, rule, message) }
    mutating func allow(_ rule: String, _ message: String) { say(.allow, rule, message) }
}

/// When, what and from where.
extension LayerJudge {
    mutating func judgeTimes() {
        if policy.frozen { deny("frozen", "Everything is frozen.") }
        if let start = policy.validFrom {
            if wish.at < start {
                deny("validFrom", "Nothing is done before \(start.iso8601).")
            } else {
                allow("validFrom", "Valid since \(start.iso8601).")
            }
        }
        if let end = policy.expiresAt {
            if wish.at >= end {
                deny("expiresAt", "Nothing is done since \(end.iso8601).")
            } else {
                allow("expiresAt", "Valid until \(end.iso8601).")
            }
        }
    }

    /// Other scopes are looked at where a tool is asked for.
    mutating func judgeScopes() {
        guard let scopes = policy.scopes else { return }
        if scopes.contains(Capability.purchaseWrite) {
            allow("scopes", "Buying is allowed.")
        } else {
            deny("scopes", "The policy does not have the scope \(Capability.purchaseWrite).")
        }
    }

    mutating func judgeCategories() {
        let category = wish.item.category
        if policy.blockedCategories.contains(category) {
            deny("blockedCategories", "The category \(category) is blocked.")
        }
        guard let allowed = policy.allowedCategories else { return }
        if allowed.contains(category) {
            allow("allowedCategories", "The category \(category) is allowed.")
        } else {
            deny("allowedCategories", "The category \(category) is not among those allowed.")
        }
    }

    /// Items go by their id or their stock-keeping name.
    mutating func judgeItems() {
        let names = [wish.item.id, wish.item.sku]
        if policy.blockedItems.contains(where: names.contains) {
            deny("blockedItems", "The item \(wish.item.id) is blocked.")
        }
        guard let allowed = policy.allowedItems else { return }
        if allowed.contains(where: names.contains) {
            allow("allowedItems", "The item \(wish.item.id) is allowed.")
        } else {
            deny("allowedItems", "The item \(wish.item.id) is not among those allowed.")
        }
    }

    mutating func judgeNetwork() {
        guard let ranges = policy.sourceCIDRs, !wish.isWithoutAddress else { return }
        guard let address = wish.address.flatMap({ IPAddress(parsing: $0) }) else {
            return deny("network.sourceCidrs", "The address that this came from is not known.")
        }
        if ranges.contains(where: { AddressRange(parsing: $0)?.contains(address) ?? false }) {
            allow("network.sourceCidrs", "\(address) is an allowed address.")
        } else {
            deny("network.sourceCidrs", "\(address) is no allowed address.")
        }
    }

    mutating func judgeConstraints() throws {
        for (index, constraint) in policy.constraints.enumerated() where constraint.concerns(wish.item.category) {
            if let complaint = try constraint.complaint(about: wish.configuration) {
                deny("constraints[\(index)]", complaint)
            } else {
                allow("constraints[\(index)]", "\(constraint.path) is as it must be.")
            }
        }
    }
}
