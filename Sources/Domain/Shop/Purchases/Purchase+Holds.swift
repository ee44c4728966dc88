import Ledger

/// The money of a purchase: held, then paid or let go of.
extension Books {
    /// Holds what a purchase costs, in the wallet and in every budget that it draws from, or nothing of it.
    /// - Throws: `insufficientFunds` where the wallet is short.
    func hold(
        _ purchase: Purchase, _ draws: [BudgetDraw], by actor: String, at now: Timestamp, _ world: World
    ) throws -> [Purchase.Hold] {
        let wallet = AccountName.wallet(purchase.account.uuid, isTest: purchase.isTest)
        let subject = purchase.id.uuid
        func transfer(
            _ debit: AccountName, _ credit: AccountName, _ amount: Int64, _ kind: Transfer.Kind, _ code: String
        ) -> Transfer {
            Transfer(
                id: TransferID(world.newID()), debit: debit, credit: credit, amount: amount, kind: kind, code: code,
                subject: subject, actor: actor, at: now.milliseconds)
        }
        var group = purchase.quote.payees(of: purchase.service).map { payee in
            transfer(wallet, payee.credit, payee.amount, .pending, "purchase")
        }
        for draw in draws {
            if let opening = draw.opening, opening > 0 {
                group.append(transfer(.limits, draw.budget, opening, .single, "budget"))
            }
            group.append(transfer(draw.budget, .limits, draw.amount, .pending, "budget"))
        }
        try fetch(balances: [wallet])
        let available = Money(micros: try balance(of: wallet).available)
        try post(group) { refused, outcome in
            guard outcome == .exceedsCredits else { return LedgerFault(refused, outcome) }
            return refused.debit == wallet
                ? Refusal.insufficientFunds(wanted: purchase.total, available: available)
                : Refusal(.forbidden, "A budget is used up.", code: "policy_denied")
        }
        return group.filter { $0.kind == .pending }.map(Purchase.Hold.init)
    }

    /// Pays what was held.
    func post(
        _ holds: [Purchase.Hold], code: String, of subject: ID, by actor: String, at now: Timestamp, _ world: World
    ) throws {
        try end(holds, code: code, of: subject, by: actor, at: now, world) { .post($0) }
    }

    /// Lets go of what was held.
    func void(_ holds: [Purchase.Hold], of subject: ID, by actor: String, at now: Timestamp, _ world: World) throws {
        try end(holds, code: "void", of: subject, by: actor, at: now, world) { .void($0) }
    }

    func expire(_ holds: [Purchase.Hold], of subject: ID, by actor: String, at now: Timestamp, _ world: World) throws {
        try end(holds, code: "expire", of: subject, by: actor, at: now, world) { .expire($0) }
    }

    private func end(
        _ holds: [Purchase.Hold], code: String, of subject: ID, by actor: String, at now: Timestamp, _ world: World,
        as kind: (TransferID) -> Transfer.Kind
    ) throws {
        try post(
            holds.map { hold in
                Transfer(
                    id: TransferID(world.newID()), debit: AccountName(hold.debit), credit: AccountName(hold.credit),
                    amount: hold.amount, kind: kind(TransferID(hold.id)), code: code, subject: subject.uuid,
                    actor: actor, at: now.milliseconds)
            }, or: LedgerFault.init)
    }

    /// One transfer at once.
    func move(
        _ amount: Money, from debit: AccountName, to credit: AccountName, code: String, of subject: String,
        by actor: String, at now: Timestamp, _ world: World, or refusal: (Transfer, Outcome) -> any Error
    ) throws {
        try post(
            [
                Transfer(
                    id: TransferID(world.newID()), debit: debit, credit: credit, amount: amount.micros, code: code,
                    subject: subject, actor: actor, at: now.milliseconds)
            ], or: refusal)
    }
}

extension Purchase.Hold {
    init(_ transfer: Transfer) {
        self.init(
            id: ID(transfer.id), debit: transfer.debit.text, credit: transfer.credit.text, amount: transfer.amount)
    }
}

/// The ledger refused what the shop had no doubt of: a fault of the program, which undoes the transaction.
struct LedgerFault: Error, CustomStringConvertible {
    var transfer: Transfer
    var outcome: Outcome

    init(_ transfer: Transfer, _ outcome: Outcome) {
        self.transfer = transfer
        self.outcome = outcome
    }

    var description: String {
        "\(outcome.rawValue): \(transfer.code) of \(transfer.amount) from \(transfer.debit.text)"
    }
}
