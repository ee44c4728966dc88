package import Ledger

/// The money of an account, and what happened to it.
extension Shop {
    /// What an account has, and may spend.
    package struct WalletView: Sendable, Equatable {
        package var balance: Money
        package var held: Money
        package var available: Money
        /// What the caller may spend now, at most.
        package var spendable: Money
        /// What keeps them from spending more: `wallet`, `frozen`, or a rule such as `agent:spendLimits[0]`.
        package var bindingConstraint: String
        package var asOfSequence: Int64
        package var isFrozen: Bool
        package var isTest: Bool
    }

    package func wallet(for buyer: Buyer) async throws -> WalletView {
        let now = world.now()
        return try await store.read { try $0.wallet(for: buyer, at: now) }
    }

    /// Newest first; the transfers in and out of the wallet.
    /// - Parameters:
    ///   - code: `fund`, `purchase`, `capture`, `refund`…
    ///   - after: the sequence of the last one of the page before.
    package func transactions(
        for buyer: Buyer, code: String?, purchase: ID?, limit: Int, after: Int64?
    ) async throws -> (entries: [BookEntry], next: Int64?) {
        let wallet = AccountName.wallet(buyer.account.uuid, isTest: buyer.isTest)
        return try await store.read { rows in
            var found: [BookEntry] = []
            var end = try after ?? rows.bookHead(of: buyer.account).sequence + 1
            while found.count <= limit, end > 1 {
                let start = max(end - 201, 0)
                let page = try rows.entries(of: buyer.account, after: start, limit: Int(end - start - 1))
                found += page.reversed().filter { entry in
                    let transfer = entry.transfer
                    return (transfer.debit == wallet || transfer.credit == wallet)
                        && (code == nil || transfer.code == code)
                        && (purchase == nil || transfer.subject == purchase?.uuid)
                }
                end = start + 1
            }
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last?.sequence : nil)
        }
    }

    /// Newest first: what purchases hold in the wallet, and what became of it.
    package func holds(
        for buyer: Buyer, isOpen: Bool?, limit: Int, after: Int64?
    ) async throws -> (holds: [(entry: BookEntry, isOpen: Bool)], next: Int64?) {
        let page = try await transactions(for: buyer, code: "purchase", purchase: nil, limit: limit, after: after)
        let ids = page.entries.map(\.transfer.id)
        let ended = try await store.read { rows in
            Set(try rows.entries(about: ids, of: buyer.account).compactMap(\.transfer.kind.pending))
        }
        let holds = page.entries.map { (entry: $0, isOpen: !ended.contains($0.transfer.id)) }
        return (holds.filter { isOpen == nil || $0.isOpen == isOpen }, page.next)
    }

    /// Asks people for money; none moves.
    package func requestFunding(
        _ amount: Money, why: String, for buyer: Buyer, key: IdempotencyKey
    ) async throws -> (request: FundingRequest, isRepeated: Bool) {
        guard amount.micros > 0, amount.isWhole else {
            throw Refusal.invalid("amountMinor", "amountMinor is more than 0.")
        }
        guard !why.isEmpty, why.utf8.count <= 1000 else {
            throw Refusal.invalid("reason", "reason has 1 to 1,000 bytes.")
        }
        let now = world.now()
        let fresh = FundingRequest(
            id: world.newID(), account: buyer.account, amount: amount, why: why, actor: buyer.actor,
            isTest: buyer.isTest, createdAt: now)
        let claim = key.claim(by: buyer.principal, for: fresh.id, at: now)
        let made = try await write(buyer.account) { books, rows -> (FundingRequest, Bool) in
            if let standing = try rows.standing(claim) {
                return (try rows.find(FundingRequest.self, standing.subject, of: buyer.account), true)
            }
            try rows.insert(fresh)
            books.tell(
                "funding.requested", of: fresh.id, by: buyer.actor, ["amountMinor": .integer(amount.minor)])
            return (fresh, false)
        }
        return (made.0, made.1)
    }

    package func fundingRequests(of account: ID, limit: Int) async throws -> [FundingRequest] {
        var page = RecordPage(account: account)
        page.limit = limit
        let wanted = page
        return try await store.read { try $0.list(FundingRequest.self, wanted) }
    }

    /// In their order.
    package func events(
        for buyer: Buyer, after: Int64, types: [String]?, limit: Int
    ) async throws -> [ShopEvent] {
        try await store.read { try $0.events(of: buyer.account, after: after, types: types, limit: limit) }
    }
}

extension Transaction {
    func wallet(for buyer: Buyer, at now: Timestamp) throws -> Shop.WalletView {
        let name = AccountName.wallet(buyer.account.uuid, isTest: buyer.isTest)
        let head = try bookHead(of: buyer.account)
        let balance = try balances(of: [name])[name] ?? Balance()
        let available = Money(micros: balance.available)
        var view = Shop.WalletView(
            balance: Money(micros: balance.creditsPosted - balance.debitsPosted),
            held: Money(micros: balance.debitsPending), available: available, spendable: available,
            bindingConstraint: "wallet", asOfSequence: head.sequence, isFrozen: head.frozenAt != nil,
            isTest: buyer.isTest)
        let ground = ShopGround(self, account: buyer.account, isTest: buyer.isTest)
        let policy = try EffectivePolicy(
            layers(for: buyer), account: buyer.account, isTest: buyer.isTest, at: now, on: ground)
        for budget in policy.budgets where budget.categories == nil {
            if let left = budget.moneyLeft, left < view.spendable {
                view.spendable = left
                view.bindingConstraint = "\(budget.layer):\(budget.rule)"
            }
        }
        if view.isFrozen || policy.isFrozen {
            view.spendable = .zero
            view.bindingConstraint = "frozen"
        }
        return view
    }
}
