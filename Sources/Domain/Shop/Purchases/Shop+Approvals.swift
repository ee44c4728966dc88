/// What people are asked, and what they say.
extension Shop {
    package func approval(_ id: ID, for buyer: Buyer) async throws -> Approval {
        try await store.read { try $0.find(Approval.self, id, of: buyer.account) }
    }

    /// Newest first; of all accounts where none is named.
    package func approvals(of account: ID?, state: Approval.State?, limit: Int) async throws -> [Approval] {
        var page = RecordPage(account: account)
        page.shelves = state.map { [$0.rawValue] }
        page.limit = limit
        let wanted = page
        return try await store.read { try $0.list(Approval.self, wanted) }
    }

    /// Agrees to a purchase, or does not. What is agreed to is judged once more, if the policies have changed since.
    /// - Throws: `forbidden` for everybody but an owner, `conflict` for what was decided already.
    package func decide(
        approval id: ID, isApproval: Bool, note: String?, by buyer: Buyer
    ) async throws -> (approval: Approval, purchase: Purchase) {
        guard buyer.isOwner else {
            throw Refusal(.forbidden, "Only an owner decides what a person has to agree to.", code: "forbidden")
        }
        if let note, note.utf8.count > 1000 { throw Refusal.invalid("note", "note has 1,000 bytes at most.") }
        let (world, now) = (world, world.now())
        let decided = try await write(buyer.account) { books, rows -> (Approval, Purchase) in
            var approval = try rows.find(Approval.self, id, of: buyer.account)
            var purchase = try rows.find(Purchase.self, approval.purchase, of: buyer.account)
            guard approval.state == .pending, purchase.state.status == .awaitingApproval else {
                throw Refusal(.conflict, "This was decided already: it is \(approval.state.rawValue).")
            }
            guard approval.expiresAt > now else {
                throw Refusal(.conflict, "Nobody agreed in time: it expired at \(approval.expiresAt.iso8601).")
            }
            guard approval.quoteHash == purchase.quote.fingerprint else {
                throw Refusal(.conflict, "The purchase is not what was to be agreed to.")
            }
            approval.decisions.append(
                .init(actor: buyer.actor, isApproval: isApproval, note: note, at: now))
            approval.state = isApproval ? .approved : .rejected
            books.tell("approval.\(approval.state.rawValue)", of: id, by: buyer.actor)
            if isApproval {
                if books.head.frozenAt != nil { throw Refusal.frozenWallet }
                try Self.authorize(&purchase, books, rows, by: buyer.actor, at: now, world)
            } else {
                try purchase.end(as: .rejected, because: note, books, by: buyer.actor, at: now, world)
            }
            return (try rows.update(approval), try rows.update(purchase))
        }
        news.tell(decided.1.id)
        bell.ring()
        return (decided.0, decided.1)
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
            try purchase.move(to: .denied, because: "the policies have changed", books, by: actor, at: now)
            return
        }
        purchase.holds = try books.hold(purchase, decision.draws, by: actor, at: now, world)
        try purchase.move(to: .authorized, books, by: actor, at: now)
        purchase.dueAt = now
    }
}
