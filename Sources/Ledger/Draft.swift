/// The books as they would stand with the transfers judged so far.
struct Draft<Pages: Book> {
    private let book: Pages
    private var balances: [AccountName: Balance] = [:]
    private var added: [Transfer] = []

    init(_ book: Pages) {
        self.book = book
    }

    /// Judges one more transfer; only one that is posted changes anything.
    mutating func add(_ transfer: Transfer) throws -> Outcome {
        if let standing = try self.transfer(transfer.id) {
            return standing == transfer ? .alreadyThere : .idTaken
        }
        if transfer.amount <= 0 { return .amountNotPositive }
        if transfer.debit == transfer.credit { return .accountsEqual }
        if transfer.debit.unit != transfer.credit.unit { return .unitsDiffer }
        var held: Int64 = 0
        if let pending = transfer.kind.pending {
            guard let hold = try self.transfer(pending) else { return .pendingNotFound }
            if let refused = try judge(transfer, ending: hold) { return refused }
            held = hold.amount
        }
        let debited = Self.debited(try balance(of: transfer.debit), by: transfer, held: held)
        let credited = Self.credited(try balance(of: transfer.credit), by: transfer, held: held)
        guard let debited, let credited else { return .overflow }
        if transfer.kind.pending == nil, transfer.debit.isLimited, debited.available < 0 { return .exceedsCredits }
        if transfer.debit.isLimited { balances[transfer.debit] = debited }
        if transfer.credit.isLimited { balances[transfer.credit] = credited }
        added.append(transfer)
        return .posted
    }

    func write() throws {
        for transfer in added { try book.append(transfer) }
        for (account, balance) in balances.sorted(by: { $0.key.text < $1.key.text }) {
            try book.set(balance, of: account)
        }
    }

    private func judge(_ transfer: Transfer, ending hold: Transfer) throws -> Outcome? {
        guard hold.kind == .pending else { return .notPending }
        guard hold.debit == transfer.debit, hold.credit == transfer.credit else { return .pendingDiffers }
        switch try end(of: hold.id)?.kind {
        case .post: return .alreadyPosted
        case .void: return .alreadyVoided
        case .expire: return .alreadyExpired
        case .single, .pending, nil: break
        }
        if case .post = transfer.kind { return transfer.amount > hold.amount ? .exceedsPending : nil }
        return transfer.amount == hold.amount ? nil : .pendingDiffers
    }

    private func transfer(_ id: TransferID) throws -> Transfer? {
        try added.first { $0.id == id } ?? book.transfer(id)
    }

    private func end(of pending: TransferID) throws -> Transfer? {
        try added.first { $0.kind.pending == pending } ?? book.end(of: pending)
    }

    private func balance(of account: AccountName) throws -> Balance {
        guard account.isLimited else { return Balance() }
        return try balances[account] ?? book.balance(of: account)
    }
}

extension Draft {
    /// - Parameter held: what the transfer's hold has kept so far.
    private static func debited(_ balance: Balance, by transfer: Transfer, held: Int64) -> Balance? {
        var balance = balance
        balance.debitsPending -= held
        let (pending, posted) = amounts(of: transfer)
        guard add(pending, to: &balance.debitsPending), add(posted, to: &balance.debitsPosted) else { return nil }
        // What is available must be countable too.
        let (open, isTooMuch) = balance.debitsPosted.addingReportingOverflow(balance.debitsPending)
        return isTooMuch || balance.creditsPosted.subtractingReportingOverflow(open).overflow ? nil : balance
    }

    private static func credited(_ balance: Balance, by transfer: Transfer, held: Int64) -> Balance? {
        var balance = balance
        balance.creditsPending -= held
        let (pending, posted) = amounts(of: transfer)
        guard add(pending, to: &balance.creditsPending), add(posted, to: &balance.creditsPosted) else { return nil }
        return balance
    }

    private static func amounts(of transfer: Transfer) -> (pending: Int64, posted: Int64) {
        switch transfer.kind {
        case .pending: (transfer.amount, 0)
        case .single, .post: (0, transfer.amount)
        case .void, .expire: (0, 0)
        }
    }

    private static func add(_ amount: Int64, to sum: inout Int64) -> Bool {
        let (next, overflow) = sum.addingReportingOverflow(amount)
        if !overflow { sum = next }
        return !overflow
    }
}
