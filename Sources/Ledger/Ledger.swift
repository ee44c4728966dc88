/// Where transfers are written down and balances are kept; a store's transaction is one.
package protocol Book {
    /// Of an account that is limited; one without a row has nothing.
    func balance(of account: AccountName) throws -> Balance
    func set(_ balance: Balance, of account: AccountName) throws
    func transfer(_ id: TransferID) throws -> Transfer?
    /// The transfer that has ended a hold.
    func end(of pending: TransferID) throws -> Transfer?
    func append(_ transfer: Transfer) throws
}

/// A balance in the books that no transfers can have led to: nothing is written on top of it.
package struct DamagedBooks: Error, Equatable {
    package var account: AccountName

    package init(account: AccountName) {
        self.account = account
    }
}

/// The rules of double entry: every transfer is judged against the books before it is written into them.
package enum Ledger {
    /// Writes all of the transfers, in their order, or none of them.
    /// - Returns: an outcome for each. If one is refused, it has its reason, and the others are `linkedRefused`.
    package static func post(_ group: [Transfer], in book: some Book) throws -> [Outcome] {
        var draft = Draft(book)
        var outcomes: [Outcome] = []
        for transfer in group {
            let outcome = try draft.add(transfer)
            guard outcome.isDone else {
                return group.indices.map { $0 == outcomes.count ? outcome : .linkedRefused }
            }
            outcomes.append(outcome)
        }
        try draft.write()
        return outcomes
    }
}
