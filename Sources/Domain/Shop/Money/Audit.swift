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
    private var compared: Set<AccountName> = []
    private var holds: [TransferID: Transfer] = [:]
    private var ended: Set<TransferID> = []

    package init() {}

    /// Transfers of an account come in their order, and balances after all transfers.
    package mutating func read(_ line: BookLine) {
        switch line {
        case .entry(let entry): read(entry)
        case .balance(let name, _, let balance):
            compared.insert(name)
            if balances[name] ?? Balance() != balance {
                faults.append("The balance of \(name.text) is not what its transfers make it.")
            }
        }
    }

    /// What only the end can tell.
    package mutating func finish() {
        for name in balances.keys.sorted(by: { $0.text < $1.text })
        where name.isLimited && !compared.contains(name) && balances[name] != Balance() {
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

    private mutating func add(_ pending: Int64, _ posted: Int64, isDebit: Bool, to name: AccountName, _ place: String) {
        guard name.isLimited else { return }
        var balance = balances[name] ?? Balance()
        let isTooMuch: Bool
        if isDebit {
            isTooMuch = Self.add(pending, to: &balance.debitsPending) || Self.add(posted, to: &balance.debitsPosted)
        } else {
            isTooMuch = Self.add(pending, to: &balance.creditsPending) || Self.add(posted, to: &balance.creditsPosted)
        }
        balances[name] = balance
        if isTooMuch || balance.available < 0 { faults.append("\(place) takes more than \(name.text) has.") }
    }

    private static func add(_ amount: Int64, to sum: inout Int64) -> Bool {
        let (next, overflow) = sum.addingReportingOverflow(amount)
        sum = next
        return overflow
    }
}

extension Shop {
    /// The books of an account, or of all (nil), line by line: transfers first, then balances.
    package func export(account: ID?, to write: (BookLine) async throws -> Void) async throws {
        let accounts = try await store.read { rows in try account.map { [$0] } ?? rows.accounts().map(\.id) }
        for account in accounts {
            var last: Int64 = 0
            while true {
                let start = last
                let page = try await store.read { try $0.entries(of: account, after: start, limit: 1000) }
                for entry in page { try await write(.entry(entry)) }
                guard page.count == 1000, let sequence = page.last?.sequence else { break }
                last = sequence
            }
        }
        for row in try await store.read({ try $0.balances(account: account) }) {
            try await write(.balance(name: row.name, account: row.account, balance: row.balance))
        }
    }

    /// Goes over the books as they stand, in one view.
    package func verify(account: ID?) async throws -> Audit {
        try await store.read { rows in
            var audit = Audit()
            for account in try account.map({ [$0] }) ?? rows.accounts().map(\.id) {
                var last: Int64 = 0
                while true {
                    let page = try rows.entries(of: account, after: last, limit: 1000)
                    page.forEach { audit.read(.entry($0)) }
                    guard page.count == 1000, let sequence = page.last?.sequence else { break }
                    last = sequence
                }
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

extension Audit {
    /// Where the store says that an account's chain ends.
    mutating func compare(_ head: BookHead, of account: ID) {
        let last = heads[account] ?? (0, [])
        if last.sequence != head.sequence || last.hash != head.hash {
            faults.append("The chain of account \(account) does not end where its head says.")
        }
    }
}
