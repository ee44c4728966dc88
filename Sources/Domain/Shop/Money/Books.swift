package import Ledger

/// An account's books within one transaction, kept from all others: what is posted and told is gathered, chained and
/// written when they are closed.
package final class Books: Book {
    package let account: ID
    package private(set) var head: BookHead
    private let rows: any Transaction
    private let now: Timestamp
    private var balances: [AccountName: Balance] = [:]
    private var changed: Set<AccountName> = []
    private var known: [TransferID: Transfer] = [:]
    private var ends: [TransferID: Transfer] = [:]
    private var entries: [BookEntry] = []
    private var events: [ShopEvent] = []

    private init(of account: ID, in rows: any Transaction, at now: Timestamp) throws {
        self.account = account
        self.rows = rows
        self.now = now
        head = try rows.lockBook(of: account)
    }

    /// Opens an account's books, before anything else of its shop is read, and writes what was entered.
    package static func write<Answer>(
        of account: ID, in rows: any Transaction, at now: Timestamp, _ work: (Books) throws -> Answer
    ) throws -> Answer {
        let books = try Books(of: account, in: rows, at: now)
        let answer = try work(books)
        try books.close()
        return answer
    }

    /// All of the transfers or none, in the ledger's own words.
    package func post(_ group: [Transfer]) throws -> [Outcome] {
        try fetch(group)
        return try Ledger.post(group, in: self)
    }

    /// The same, where only money can be short.
    /// - Throws: whatever `refusal` makes of the first transfer that was refused.
    package func post(_ group: [Transfer], or refusal: (Transfer, Outcome) -> any Error) throws {
        let outcomes = try post(group)
        for (transfer, outcome) in zip(group, outcomes) where !outcome.isDone && outcome != .linkedRefused {
            throw refusal(transfer, outcome)
        }
    }

    package func tell(_ type: String, of subject: ID?, by actor: String, _ details: JSONValue = .null) {
        head.eventSequence += 1
        events.append(
            ShopEvent(
                account: account, type: type, subject: subject, actor: actor, at: now, details: details,
                sequence: head.eventSequence))
    }

    package func setFrozen(_ moment: Timestamp?) {
        head.frozenAt = moment
    }

    private func close() throws {
        if !entries.isEmpty { try rows.append(entries) }
        if !changed.isEmpty {
            try rows.put(
                changed.sorted { $0.text < $1.text }.map { ($0, account, balances[$0] ?? Balance()) })
        }
        if !events.isEmpty { try rows.append(events) }
        try rows.set(head, of: account)
    }

    /// What the ledger will ask for, in as few questions as it takes. New transfers have new ids: only the holds that
    /// are to end are looked up.
    private func fetch(_ group: [Transfer]) throws {
        let pending = group.compactMap(\.kind.pending).filter { known[$0] == nil }
        if !pending.isEmpty {
            for entry in try rows.entries(about: pending, of: account) {
                known[entry.transfer.id] = entry.transfer
                if let hold = entry.transfer.kind.pending { ends[hold] = entry.transfer }
            }
        }
        try fetch(balances: group.flatMap { [$0.debit, $0.credit] })
    }

    /// Balances that will be asked for, at once.
    package func fetch(balances names: [AccountName]) throws {
        let missing = Set(names.filter { $0.isLimited && balances[$0] == nil })
        guard !missing.isEmpty else { return }
        let found = try rows.balances(of: missing.sorted { $0.text < $1.text })
        for name in missing { balances[name] = found[name] ?? Balance() }
        opened.formUnion(found.keys)
    }

    /// Accounts that have a row.
    private var opened: Set<AccountName> = []

    /// nil for an account that nothing has ever gone into.
    package func standing(of name: AccountName) throws -> Balance? {
        try fetch(balances: [name])
        return opened.contains(name) || changed.contains(name) ? balances[name] : nil
    }

    package func balance(of account: AccountName) throws -> Balance {
        try standing(of: account) ?? Balance()
    }

    package func set(_ balance: Balance, of account: AccountName) throws {
        balances[account] = balance
        changed.insert(account)
    }

    package func transfer(_ id: TransferID) throws -> Transfer? { known[id] }

    package func end(of pending: TransferID) throws -> Transfer? { ends[pending] }

    package func append(_ transfer: Transfer) throws {
        head.sequence += 1
        head.hash = Chain.hash(of: transfer, number: head.sequence, after: head.hash)
        entries.append(BookEntry(account: account, sequence: head.sequence, transfer: transfer, hash: head.hash))
        known[transfer.id] = transfer
        if let hold = transfer.kind.pending { ends[hold] = transfer }
    }
}
