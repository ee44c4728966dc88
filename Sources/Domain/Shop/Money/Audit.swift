package import Ledger

/// Goes over books line by line and derives all of it again: every chain, every balance, and that nothing was spent
/// that was not there.
package struct Audit: Sendable {
    /// What does not agree; each names where.
    package private(set) var faults: [String] = []
    package private(set) var transfers = 0
    package private(set) var accounts: Set<ID> = []
    fileprivate var heads: [ID: (sequence: Int64, hash: [UInt8])] = [:]
    private var balances: [AccountName: Balance] = [:]
    private var owners: [AccountName: ID] = [:]
    private var compared: Set<AccountName> = []
    private var holds: [TransferID: Transfer] = [:]
    private var ended: Set<TransferID> = []

    package init() {}

    /// Transfers of an account come in their order, and balances after all transfers.
    package mutating func read(_ line: BookLine) {
        switch line {
        case .entry(let entry): read(entry)
        case .balance(let name, let account, let balance):
            compared.insert(name)
            if let owner = owners[name], owner != account {
                faults.append("The balance of \(name.text) is said to be of another account.")
            }
            if balances[name] != balance {
                faults.append("The balance of \(name.text) is not what its transfers make it.")
            }
        }
    }

    /// A line of exported books, which stands as it was written.
    package mutating func read(_ text: String, number: Int) {
        guard let line = try? BookLine(parsing: text), (try? line.render()) == text else {
            return faults.append("Line \(number) is no line of exported books.")
        }
        read(line)
    }

    /// What only the end can tell.
    package mutating func finish() {
        for name in balances.keys.sorted(by: { $0.text < $1.text })
        where !compared.contains(name) {
            faults.append("There is no balance of \(name.text), which its transfers make.")
        }
    }

    private mutating func read(_ entry: BookEntry) {
        let place = "Transfer \(entry.sequence) of account \(entry.account)"
        let last = heads[entry.account] ?? (0, [])
        transfers += 1
        accounts.insert(entry.account)
        if entry.sequence != last.sequence + 1 { faults.append("\(place) does not follow \(last.sequence).") }
        if Chain.hash(of: entry.transfer, number: entry.sequence, after: last.hash) != entry.hash {
            faults.append("\(place) is not what its hash says.")
        }
        heads[entry.account] = (entry.sequence, entry.hash)
        for name in [entry.transfer.debit, entry.transfer.credit] where name.isLimited {
            owners[name] = entry.account
        }
        fold(entry.transfer, place)
    }

    private mutating func fold(_ transfer: Transfer, _ place: String) {
        guard transfer.amount > 0, transfer.debit != transfer.credit, transfer.debit.unit == transfer.credit.unit
        else { return faults.append("\(place) is no transfer.") }
        var (pending, posted) = (Int64(0), Int64(0))
        switch transfer.kind {
        case .single: posted = transfer.amount
        case .pending:
            pending = transfer.amount
            holds[transfer.id] = transfer
        case .post(let id), .void(let id), .expire(let id):
            guard let hold = holds[id], ended.insert(id).inserted, hold.debit == transfer.debit,
                hold.credit == transfer.credit, transfer.amount <= hold.amount
            else { return faults.append("\(place) ends no hold.") }
            pending = -hold.amount
            if case .post = transfer.kind { posted = transfer.amount }
        }
        add(pending, posted, isDebit: true, to: transfer.debit, place)
        add(pending, posted, isDebit: false, to: transfer.credit, place)
    }

    private mutating func add(
        _ pending: Int64, _ posted: Int64, isDebit: Bool, to name: AccountName, _ place: String
    ) {
        guard name.isLimited else { return }
        var balance = balances[name] ?? Balance()
        let isTooMuch: Bool
        if isDebit {
            isTooMuch = Self.add(pending, to: &balance.debitsPending) || Self.add(posted, to: &balance.debitsPosted)
        } else {
            isTooMuch = Self.add(pending, to: &balance.creditsPending) || Self.add(posted, to: &balance.creditsPosted)
        }
        balances[name] = balance
        if isTooMuch || !balance.isSound { faults.append("\(place) takes more than \(name.text) has.") }
    }

    private static func add(_ amount: Int64, to sum: inout Int64) -> Bool {
        let (next, overflow) = sum.addingReportingOverflow(amount)
        sum = next
        return overflow
    }
}

extension Shop {
    /// The books of an account, or of all (nil), line by line: transfers first, then balances as they are after them.
    package func export(account: ID?, to write: (BookLine) async throws -> Void) async throws {
        var reached: [ID: Int64] = [:]
        let accounts = try await store.read { rows in try account.map { [$0] } ?? rows.accounts().map(\.id) }
        for account in accounts {
            while true {
                let start = reached[account] ?? 0
                let page = try await store.read { try $0.entries(of: account, after: start, limit: Self.pageSize) }
                for entry in page { try await write(.entry(entry)) }
                reached[account] = page.last?.sequence ?? start
                guard page.count == Self.pageSize else { break }
            }
        }
        // What has come meanwhile, and the balances: as of one moment.
        let written = reached
        let rest = try await store.read { rows in
            var lines: [BookLine] = []
            for account in try account.map({ [$0] }) ?? rows.accounts().map(\.id) {
                try rows.eachEntry(of: account, after: written[account] ?? 0) { lines.append(.entry($0)) }
            }
            return try lines
                + rows.balances(account: account).map {
                    .balance(name: $0.name, account: $0.account, balance: $0.balance)
                }
        }
        for line in rest { try await write(line) }
    }

    fileprivate static let pageSize = 1000

    /// Goes over the books as they stand, in one view.
    package func verify(account: ID?) async throws -> Audit {
        try await store.read { rows in
            var audit = Audit()
            for account in try account.map({ [$0] }) ?? rows.accounts().map(\.id) {
                try rows.eachEntry(of: account, after: 0) { audit.read(.entry($0)) }
                let head = try rows.bookHead(of: account)
                audit.compare(head, of: account)
            }
            for row in try rows.balances(account: account) {
                audit.read(.balance(name: row.name, account: row.account, balance: row.balance))
            }
            audit.finish()
            return audit
        }
    }
}

extension BookEntryRows {
    /// The transfers of an account in their order, page by page.
    fileprivate func eachEntry(of account: ID, after sequence: Int64, _ body: (BookEntry) -> Void) throws {
        var last = sequence
        while true {
            let page = try entries(of: account, after: last, limit: Shop.pageSize)
            page.forEach(body)
            guard page.count == Shop.pageSize, let end = page.last?.sequence else { return }
            last = end
        }
    }
}

extension Audit {
    /// Where the store says that an account's chain ends.
    mutating func compare(_ head: BookHead, of account: ID) {
        let last = heads[account] ?? (0, [])
        if last.sequence != head.sequence || last.hash != head.hash {
            faults.append("The chain of account \(account) does not end where its head says.")
        }
    }
}
