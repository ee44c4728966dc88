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
        var hold: Transfer?
        if let pending = transfer.kind.pending {
            hold = try self.transfer(pending)
            guard let hold else { return .pendingNotFound }
            if let refused = try judge(transfer, ending: hold) { return refused }
        }
        return try move(transfer, ending: hold)
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
        let isPost = transfer.kind == .post(hold.id)
        guard isPost || transfer.amount == hold.amount else { return .pendingDiffers }
        switch try end(of: hold.id)?.kind {
        case .post: return .alreadyPosted
        case .void: return .alreadyVoided
        case .expire: return .alreadyExpired
        case .single, .pending, nil: return transfer.amount > hold.amount ? .exceedsPending : nil
        }
    }

    /// - Parameter hold: what the transfer ends. It was found to fit when it was made, and so does its end.
    private mutating func move(_ transfer: Transfer, ending hold: Transfer?) throws -> Outcome {
        var debited = try balance(of: transfer.debit)
        var credited = try balance(of: transfer.credit)
        if hold == nil {
            if let debited, transfer.amount > debited.available { return .exceedsCredits }
            if let credited, credited.credits.addingReportingOverflow(transfer.amount).overflow { return .overflow }
        }
        debited?.debit(transfer, ending: hold?.amount ?? 0)
        credited?.credit(transfer, ending: hold?.amount ?? 0)
        balances[transfer.debit] = try debited.map { try sound($0, transfer.debit) }
        balances[transfer.credit] = try credited.map { try sound($0, transfer.credit) }
        added.append(transfer)
        return .posted
    }

    private func transfer(_ id: TransferID) throws -> Transfer? {
        try added.first { $0.id == id } ?? book.transfer(id)
    }

    private func end(of pending: TransferID) throws -> Transfer? {
        try added.first { $0.kind.pending == pending } ?? book.end(of: pending)
    }

    /// nil for an account whose balance is not kept.
    private func balance(of account: AccountName) throws -> Balance? {
        guard account.isLimited else { return nil }
        return try balances[account] ?? sound(book.balance(of: account), account)
    }

    private func sound(_ balance: Balance, _ account: AccountName) throws -> Balance {
        guard balance.isSound else { throw DamagedBooks(account: account) }
        return balance
    }
}

extension Balance {
    /// - Parameter held: what the transfer's hold has kept so far.
    fileprivate mutating func debit(_ transfer: Transfer, ending held: Int64) {
        debitsPending += transfer.pendingAmount - held
        debitsPosted += transfer.postedAmount
    }

    fileprivate mutating func credit(_ transfer: Transfer, ending held: Int64) {
        creditsPending += transfer.pendingAmount - held
        creditsPosted += transfer.postedAmount
    }
}

extension Transfer {
    fileprivate var pendingAmount: Int64 { kind == .pending ? amount : 0 }

    fileprivate var postedAmount: Int64 {
        switch kind {
        case .single, .post: amount
        case .pending, .void, .expire: 0
        }
    }
}
