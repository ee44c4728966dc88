import Ledger

/// Judges what somebody would like to buy by every rule of every layer: the worst that is said of it counts.
package enum PolicyJudge {
    private static let mostPieces = 100
    private static let mostMoney = Money(micros: 1_000_000 * Money.microsPerDollar)

    /// - Parameter ground: the past of the wish's account, of real or of test money.
    /// - Throws: only what the ground throws; a rule that cannot be judged denies.
    package static func judge(
        _ wish: PolicyWish, under layers: [PolicyLayer], on ground: some PolicyGround
    ) throws -> Decision {
        var trace = floor(wish)
        var draws: [BudgetDraw] = []
        for layer in layers.inOrder {
            var judge = LayerJudge(wish, under: layer, on: ground)
            try judge.judge()
            trace += judge.trace
            draws += judge.draws
        }
        let isDenied = trace.contains { $0.outcome == .deny }
        return Decision(trace: trace, draws: isDenied ? [] : draws, approvalMinutes: layers.approvalMinutes)
    }

    /// What holds on this server whatever owners say.
    private static func floor(_ wish: PolicyWish) -> [PolicyTrace] {
        var lines: [PolicyTrace] = []
        func deny(_ rule: String, limit: Money? = nil, _ message: String) {
            lines.append(PolicyTrace(layer: "platform", rule: rule, outcome: .deny, limit: limit, message: message))
        }
        if !(1...mostPieces).contains(wish.quantity) {
            deny("quantity", "A purchase is of 1 to \(mostPieces) pieces.")
        }
        if wish.price.total < .zero || wish.isPurchase && wish.price.total == .zero {
            deny("total", "A purchase costs something.")
        }
        if wish.price.total > mostMoney {
            deny("total", limit: mostMoney, "A purchase costs \(mostMoney.dollars) USD at most.")
        }
        guard lines.isEmpty else { return lines }
        return [
            PolicyTrace(
                layer: "platform", rule: "bounds", outcome: .allow, message: "Within what is sold at once.")
        ]
    }
}

/// The past, whose failures are told apart from those of judging.
struct Recall<Ground: PolicyGround>: PolicyGround {
    struct Failure: Error {
        let cause: any Error
    }

    let ground: Ground

    func balance(of budget: AccountName) throws -> Balance? { try asked { try ground.balance(of: budget) } }

    func spent(since start: Timestamp?, by subject: PolicyVersion.Subject, categories: [String]?) throws -> Money {
        try asked { try ground.spent(since: start, by: subject, categories: categories) }
    }

    func purchases(since start: Timestamp?, by subject: PolicyVersion.Subject) throws -> Int64 {
        try asked { try ground.purchases(since: start, by: subject) }
    }

    func hasBought(category: String, by subject: PolicyVersion.Subject) throws -> Bool {
        try asked { try ground.hasBought(category: category, by: subject) }
    }

    func activeServices(type: String?, by subject: PolicyVersion.Subject) throws -> Int {
        try asked { try ground.activeServices(type: type, by: subject) }
    }

    private func asked<Answer>(_ question: () throws -> Answer) throws -> Answer {
        do { return try question() } catch { throw Failure(cause: error) }
    }
}
