package import Ledger

/// The records of the shop.
package protocol RecordRows {
    func insert(_ record: StoredRecord) throws
    /// - Returns: false unless the row's version is one less than the record's; nothing is changed then.
    func update(_ record: StoredRecord) throws -> Bool
    func record(of kind: String, id: ID) throws -> StoredRecord?
    func records(of kind: String, _ page: RecordPage) throws -> [StoredRecord]
    func isAnyDue(kind: String, at now: Timestamp) throws -> Bool
    /// The records that are due, whose due time moves to `until`; those that another takes at this moment are passed
    /// over. The version stays.
    func takeDue(kind: String, at now: Timestamp, until: Timestamp, limit: Int) throws -> [StoredRecord]
    /// Removes up to `limit` records of a shelf with ids smaller than one; returns how many.
    func removeRecords(of kind: String, on shelf: String, before id: ID, limit: Int) throws -> Int
}

/// A part of the records of a kind, by their ids, which are in the order of time.
package struct RecordPage: Sendable {
    /// nil for those of all accounts.
    package var account: ID?
    package var parent: ID?
    /// nil for every shelf.
    package var shelves: [String]?
    package var labels: [String]?
    package var newestFirst = true
    /// The record that the page begins right after, in its order.
    package var after: ID?
    /// Only records with ids of this or later.
    package var since: ID?
    package var limit = 50

    package init(account: ID?) {
        self.account = account
    }

    /// The least and the most that an id of the page may be; nil where none can be on it.
    package var range: ClosedRange<ID>? {
        if shelves?.isEmpty == true || labels?.isEmpty == true { return nil }
        var least = since ?? ID(high: 0, low: 0)
        var most = ID(high: .max, low: .max)
        if let after {
            guard let next = newestFirst ? after.predecessor : after.successor else { return nil }
            if newestFirst { most = next } else { least = max(least, next) }
        }
        return least <= most ? least...most : nil
    }
}

/// What an account's books stand at.
package struct BookHead: Sendable, Equatable {
    /// Of the newest transfer; 0 before the first.
    package var sequence: Int64 = 0
    /// The end of the chain: SHA-256, or empty before the first.
    package var hash: [UInt8] = []
    /// Of the newest event; 0 before the first.
    package var eventSequence: Int64 = 0
    /// When the account was frozen: it buys nothing then.
    package var frozenAt: Timestamp?

    package init() {}

    package init(sequence: Int64, hash: [UInt8], eventSequence: Int64, frozenAt: Timestamp?) {
        self.sequence = sequence
        self.hash = hash
        self.eventSequence = eventSequence
        self.frozenAt = frozenAt
    }
}

/// A transfer in its place in an account's chain.
package struct BookEntry: Sendable, Equatable {
    package var account: ID
    package var sequence: Int64
    package var transfer: Transfer
    /// SHA-256 of the hash before it and of itself.
    package var hash: [UInt8]

    package init(account: ID, sequence: Int64, transfer: Transfer, hash: [UInt8]) {
        self.account = account
        self.sequence = sequence
        self.transfer = transfer
        self.hash = hash
    }
}

/// The books: each account's transfers in one chain, the balances of what is limited, and the events.
package protocol BookRows {
    /// Until this transaction is over nobody else writes this account's books, nor the records that stand on them.
    /// Whoever changes anything of an account's shop does this first.
    func lockBook(of account: ID) throws -> BookHead
    /// Without locking it.
    func bookHead(of account: ID) throws -> BookHead
    func set(_ head: BookHead, of account: ID) throws
    /// Those that have one.
    func balances(of names: [AccountName]) throws -> [AccountName: Balance]
    func put(_ balances: [(name: AccountName, account: ID, balance: Balance)]) throws
    /// Every balance of an account, or of all (nil), by name.
    func balances(account: ID?) throws -> [(name: AccountName, account: ID, balance: Balance)]
}

/// The transfers and events of the books.
package protocol BookEntryRows {
    func append(_ entries: [BookEntry]) throws
    /// The transfers of these ids, and those that end holds of these ids.
    func entries(about ids: [TransferID], of account: ID) throws -> [BookEntry]
    /// In order, after one; of some accounts' names only, if named.
    func entries(of account: ID, after sequence: Int64, limit: Int) throws -> [BookEntry]
    func append(_ events: [ShopEvent]) throws
    /// In order, after one.
    func events(of account: ID, after sequence: Int64, types: [String]?, limit: Int) throws -> [ShopEvent]
}

/// The keys of agents that buy, and of owners.
package protocol ShopKeyRows {
    /// Inserts it, or replaces the one of that id.
    func put(_ key: AgentKey) throws
    /// In the order in which they were made.
    func agentKeys() throws -> [AgentKey]
    func put(_ key: OwnerKey) throws
    func ownerKeys() throws -> [OwnerKey]
    /// When a key was used last, if that is later than what is known.
    func noteUse(ofAgentKey id: ID, at moment: Timestamp) throws
}

/// What is sold beside what the server sells of itself, and what is sold no more.
package protocol CatalogRows {
    /// Inserts it, or replaces the one of that id.
    func put(_ item: CatalogItem) throws
    /// In the order in which they came.
    func catalogItems() throws -> [CatalogItem]
}
