package import Domain
package import Ledger

/// An account's books in a store, kept without anything of the shop: each group is a transaction.
package struct RowBook: Bookkeeping {
    private let store: any Store
    private let account: ID

    package init(_ store: any Store, of account: ID) {
        self.store = store
        self.account = account
    }

    package func post(_ group: [Transfer]) async throws -> [Outcome] {
        let account = account
        return try await store.writeTogether(as: account) { rows in
            var page = RowPage(rows: rows, account: account, head: try rows.lockBook(of: account))
            return try page.post(group)
        }
    }

    package func balances(of names: [AccountName]) async throws -> [Balance] {
        let found = try await store.read { try $0.balances(of: names) }
        return names.map { found[$0] ?? Balance() }
    }

    package func transfers() async throws -> [Transfer] {
        let account = account
        return try await store.read { try $0.entries(of: account, after: 0, limit: 1_000_000).map(\.transfer) }
    }
}

/// The rows of one transaction as a book.
private struct RowPage {
    let rows: any Transaction
    let account: ID
    var head: BookHead

    mutating func post(_ group: [Transfer]) throws -> [Outcome] {
        let book = Pages(rows: rows, account: account, sequence: head.sequence)
        let outcomes = try Ledger.post(group, in: book)
        head.sequence = book.sequence
        try rows.set(head, of: account)
        return outcomes
    }

    private final class Pages: Book {
        let rows: any Transaction
        let account: ID
        var sequence: Int64

        init(rows: any Transaction, account: ID, sequence: Int64) {
            (self.rows, self.account, self.sequence) = (rows, account, sequence)
        }

        func balance(of account: AccountName) throws -> Balance {
            try rows.balances(of: [account])[account] ?? Balance()
        }

        func set(_ balance: Balance, of name: AccountName) throws { try rows.put([(name, account, balance)]) }

        func transfer(_ id: TransferID) throws -> Transfer? { try about(id).first { $0.id == id } }

        func end(of pending: TransferID) throws -> Transfer? {
            try about(pending).first { $0.kind.pending == pending }
        }

        private func about(_ id: TransferID) throws -> [Transfer] {
            try rows.entries(about: [id], of: account).map(\.transfer)
        }

        func append(_ transfer: Transfer) throws {
            sequence += 1
            try rows.append([
                BookEntry(
                    account: account, sequence: sequence, transfer: transfer, hash: Array(repeating: 0, count: 32))
            ])
        }
    }
}
