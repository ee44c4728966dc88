package import Ledger

/// Books that a world of the ledger is tried on.
package protocol Bookkeeping {
    func post(_ group: [Transfer]) async throws -> [Outcome]
    /// Of accounts whose balance is kept.
    func balances(of names: [AccountName]) async throws -> [Balance]
    /// Everything that was written, in order.
    func transfers() async throws -> [Transfer]
}

/// Books in memory, with a note of what was written when.
package final class PaperBook: Book {
    package private(set) var journal: [Transfer] = []
    package private(set) var kept: [AccountName: Balance] = [:]
    /// Every balance that was written, in order.
    package private(set) var written: [AccountName] = []
    private var places: [TransferID: Int] = [:]
    private var ends: [TransferID: Int] = [:]

    package init() {}

    package func balance(of account: AccountName) -> Balance { kept[account] ?? Balance() }

    package func set(_ balance: Balance, of account: AccountName) {
        kept[account] = balance
        written.append(account)
    }

    package func transfer(_ id: TransferID) -> Transfer? { places[id].map { journal[$0] } }

    package func end(of pending: TransferID) -> Transfer? { ends[pending].map { journal[$0] } }

    package func append(_ transfer: Transfer) {
        places[transfer.id] = journal.count
        if let pending = transfer.kind.pending { ends[pending] = journal.count }
        journal.append(transfer)
    }
}

extension PaperBook: Bookkeeping {
    package func post(_ group: [Transfer]) async throws -> [Outcome] { try Ledger.post(group, in: self) }

    package func balances(of names: [AccountName]) async throws -> [Balance] { names.map { balance(of: $0) } }

    package func transfers() async throws -> [Transfer] { journal }
}
