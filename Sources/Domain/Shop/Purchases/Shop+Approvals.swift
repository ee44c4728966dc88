/// What people are asked, and what they say.
extension Shop {
    /// An approval, with the purchase or the operation that waited for it.
    package struct Decided: Sendable {
        package var approval: Approval
        package var purchase: Purchase?
        package var operation: ServiceOperation?
    }

    package func approval(_ id: ID, for buyer: Buyer) async throws -> Approval {
        try await store.read { try $0.find(Approval.self, id, of: buyer.account) }
    }

    /// With what it is about.
    package func wholeApproval(_ id: ID, of account: ID) async throws -> Decided {
        try await store.read { rows in
            let approval = try rows.find(Approval.self, id, of: account)
            return switch approval.subject {
            case .purchase(let id):
                Decided(approval: approval, purchase: try rows.find(Purchase.self, id, of: account))
            case .operation(let id):
                Decided(approval: approval, operation: try rows.find(ServiceOperation.self, id, of: account))
            }
        }
    }

    /// Newest first; of all accounts where none is named.
    package func approvals(of account: ID?, state: Approval.State?, limit: Int) async throws -> [Approval] {
        var page = RecordPage(account: account)
        page.shelves = state.map { [$0.rawValue] }
        page.limit = limit
        let wanted = page
        return try await store.read { try $0.list(Approval.self, wanted) }
    }

    /// Agrees, or does not. What is agreed to is judged once more, by the policies as they are now.
    /// - Throws: `forbidden` for everybody but an owner, `conflict` for what was decided already.
    package func decide(
        approval id: ID, isApproval: Bool, note: String?, by buyer: Buyer
    ) async throws -> Decided {
        guard buyer.isOwner else {
            throw Refusal(.forbidden, "Only an owner decides what a person has to agree to.", code: "forbidden")
        }
        if let note, note.utf8.count > 1000 { throw Refusal.invalid("note", "note has 1,000 bytes at most.") }
        let (shop, now) = (self, world.now())
        let decided = try await write(buyer.account) { books, rows -> Decided in
            var approval = try rows.find(Approval.self, id, of: buyer.account)
            guard approval.state == .pending else {
                throw Refusal(.conflict, "This was decided already: it is \(approval.state.rawValue).")
            }
            guard approval.expiresAt > now else {
                throw Refusal(.conflict, "Nobody agreed in time: it expired at \(approval.expiresAt.iso8601).")
            }
            let decision = Approval.Decision(actor: buyer.actor, isApproval: isApproval, note: note, at: now)
            approval.decisions.append(decision)
            approval.state = isApproval ? .approved : .rejected
            books.tell("approval.\(approval.state.rawValue)", of: id, by: buyer.actor)
            if isApproval, books.head.frozenAt != nil { throw Refusal.frozenWallet }
            var decided = Decided(approval: approval)
            switch approval.subject {
            case .purchase(let purchase):
                decided.purchase = try shop.decide(purchase, approval, decision, books, rows)
            case .operation(let operation):
                decided.operation = try shop.decide(operation: operation, approval, decision, books, rows)
            }
            decided.approval = try rows.update(approval)
            return decided
        }
        news.tell(decided.approval.subject.id)
        bell.ring()
        return decided
    }

    private func decide(
        _ id: ID, _ approval: Approval, _ decision: Approval.Decision, _ books: Books, _ rows: any Transaction
    ) throws -> Purchase {
        var purchase = try rows.find(Purchase.self, id, of: approval.account)
        guard purchase.state.status == .awaitingApproval, approval.hash == purchase.quote.fingerprint else {
            throw Refusal(.conflict, "The purchase is not what was to be agreed to.")
        }
        if decision.isApproval {
            try Self.authorize(&purchase, books, rows, by: decision.actor, at: decision.at, world)
        } else {
            try purchase.end(
                as: .rejected, because: decision.note, books, by: decision.actor, at: decision.at, world)
        }
        return try rows.update(purchase)
    }

    /// Lets go of what is held and judges the purchase as if it were made now; its place in the budgets is its own.
    private static func authorize(
        _ purchase: inout Purchase, _ books: Books, _ rows: any Transaction, by actor: String, at now: Timestamp,
        _ world: World
    ) throws {
        try books.void(purchase.holds, of: purchase.id, by: actor, at: now, world)
        let layers = try rows.layers(of: purchase.account, agent: purchase.agent, key: purchase.key)
        let ground = ShopGround(
            rows, account: purchase.account, isTest: purchase.isTest, books: books, without: purchase.id)
        var wish = PolicyWish(purchase.quote, from: nil, at: now)
        (wish.isAgreedTo, wish.isWithoutAddress) = (true, true)
        let decision = try PolicyJudge.judge(wish, under: layers, on: ground)
        purchase.firstTrace = purchase.firstTrace ?? purchase.trace
        purchase.trace = decision.trace
        guard decision.outcome != .deny else {
            purchase.holds = []
            try purchase.move(to: .denied, because: Self.stricterPolicies, books, by: actor, at: now)
            return
        }
        purchase.holds = try books.hold(purchase, decision.draws, by: actor, at: now, world)
        try purchase.move(to: .authorized, books, by: actor, at: now)
        purchase.dueAt = now
    }

    static let stricterPolicies = "the policies have changed"
}
