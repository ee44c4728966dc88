package import Ledger

/// What owners do with money, each with its reason.
extension Shop {
    /// More than anyone means to put into a wallet at once.
    static let mostFunding = Money(micros: 10_000_000 * Money.microsPerDollar)

    /// Puts money into an account's wallet.
    package func fund(
        _ amount: Money, why: String, isTest: Bool, by buyer: Buyer, key: IdempotencyKey? = nil
    ) async throws -> (wallet: WalletView, isRepeated: Bool) {
        guard amount.micros > 0, amount.isWhole, amount <= Self.mostFunding else {
            throw Refusal.invalid(
                "amount", "An amount is from 0.01 to \(Self.mostFunding.dollars) USD, in whole cents.")
        }
        return try await move(
            amount, "fund", from: { _ in .world("owner-credit", isTest: isTest) }, to: { $0 }, why: why,
            isTest: isTest, by: buyer, key: key)
    }

    /// Corrects a wallet, by more or by less: a new transfer, never an edit.
    /// - Throws: `insufficientFunds` for more than the wallet has left.
    package func adjust(
        by micros: Int64, why: String, isTest: Bool, by buyer: Buyer, key: IdempotencyKey? = nil
    ) async throws -> (wallet: WalletView, isRepeated: Bool) {
        guard micros != 0, micros != .min, Money(micros: micros).isWhole,
            Money(micros: abs(micros)) <= Self.mostFunding
        else {
            throw Refusal.invalid(
                "amount", "An adjustment is up to \(Self.mostFunding.dollars) USD either way, in whole cents, not 0.")
        }
        let other = AccountName.adjustment(isTest: isTest)
        return try await move(
            Money(micros: abs(micros)), "correction", from: { micros > 0 ? other : $0 },
            to: { micros > 0 ? $0 : other }, why: why, isTest: isTest, by: buyer, key: key)
    }

    private func move(
        _ amount: Money, _ code: String, from debit: @escaping @Sendable (AccountName) -> AccountName,
        to credit: @escaping @Sendable (AccountName) -> AccountName, why: String, isTest: Bool, by buyer: Buyer,
        key: IdempotencyKey?
    ) async throws -> (wallet: WalletView, isRepeated: Bool) {
        guard buyer.isOwner else { throw Refusal(.forbidden, "Only an owner moves money.") }
        guard !why.isEmpty, why.utf8.count <= 1000 else {
            throw Refusal.invalid("reason", "reason has 1 to 1,000 bytes.")
        }
        let (world, now, id) = (world, world.now(), world.newID())
        let claim = key?.claim(by: buyer.principal, for: id, at: now)
        let wallet = AccountName.wallet(buyer.account.uuid, isTest: isTest)
        let isRepeated = try await write(buyer.account) { books, rows -> Bool in
            if try rows.standing(claim) != nil { return true }
            try books.fetch(balances: [wallet])
            let available = Money(micros: try books.balance(of: wallet).available)
            try books.post(
                [
                    Transfer(
                        id: TransferID(id), debit: debit(wallet), credit: credit(wallet), amount: amount.micros,
                        code: code, subject: "", actor: buyer.actor, at: now.milliseconds)
                ]
            ) { refused, outcome in
                switch outcome {
                case .exceedsCredits: Refusal.insufficientFunds(wanted: amount, available: available)
                case .overflow: Refusal.invalid("amount", "The wallet cannot hold that much.")
                default: LedgerFault(refused, outcome)
                }
            }
            let amount = JSONValue.integer(amount.minor)
            books.tell(
                code == "fund" ? "wallet.funded" : "wallet.adjusted", of: id, by: buyer.actor,
                ["amountMinor": amount, "reason": .string(why), "test": .bool(isTest)])
            if code == "fund" { try rows.closeFundingRequests(of: buyer.account, isTest: isTest) }
            return false
        }
        var seen = buyer
        seen.isTest = isTest
        return (try await self.wallet(for: seen), isRepeated)
    }

    /// Lets an account buy nothing more, or lets it buy again. What is under way goes on.
    package func setFrozen(to isFrozen: Bool, why: String?, by buyer: Buyer) async throws {
        guard buyer.isOwner else { throw Refusal(.forbidden, "Only an owner freezes an account.") }
        let now = world.now()
        try await write(buyer.account) { books, _ in
            guard (books.head.frozenAt != nil) != isFrozen else { return }
            books.setFrozen(isFrozen ? now : nil)
            books.tell(
                isFrozen ? "account.frozen" : "account.unfrozen", of: nil, by: buyer.actor,
                why.map { ["reason": .string($0)] } ?? .null)
        }
    }
}

extension RecordRows {
    /// Money has come: what was asked for is done.
    fileprivate func closeFundingRequests(of account: ID, isTest: Bool) throws {
        var page = RecordPage(account: account)
        page.shelves = ["open"]
        for var request in try list(FundingRequest.self, page) where request.isTest == isTest {
            request.status = "done"
            try update(request)
        }
    }
}
