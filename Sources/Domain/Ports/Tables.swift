/// A value of a row as every store can hold it: a text is its UTF-8; a moment, or yes and no, is a number.
package enum StoredValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case bytes([UInt8])
}

/// A table of a store, as the store itself describes it.
package struct StoredTable: Sendable, Equatable {
    /// One column, with its type in the words of the store.
    package struct Column: Sendable, Equatable {
        package var name: String
        package var type: String

        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    package var name: String
    package var columns: [Column]
    /// The names of the key's columns, in its order.
    package var key: [String]

    package init(name: String, columns: [Column], key: [String]) {
        self.name = name
        self.columns = columns
        self.key = key
    }

    package func key(of row: [StoredValue]) -> [StoredValue] {
        key.compactMap { name in columns.firstIndex { $0.name == name }.map { row[$0] } }
    }
}

/// Everything that a store remembers, table by table, whatever the tables are.
package protocol TableRows {
    /// Each after those that its rows refer to. Not those of what holds only for this one store: who serves at this
    /// moment, and the master key.
    func tables() throws -> [StoredTable]
    /// Rows in the order of their keys, after one or from the first: as many as `limit` allows, and the `bytes` of
    /// their texts and blobs; at least one, if there is any.
    func rows(
        of table: StoredTable, after key: [StoredValue]?, limit: Int, bytes: Int
    ) throws -> [[StoredValue]]
    /// The largest number that each table has ever given to a row, where numbers must not be given again.
    func numbersGiven() throws -> [String: Int64]
}

/// A store that another's data can be moved into. While a move is unfinished the store is opened for nothing else.
package protocol MoveTarget: Store {
    /// A transaction, as `write` is.
    func move<Answer: Sendable>(
        _ work: @escaping @Sendable (any MoveRows) throws -> Answer
    ) async throws -> Answer
}

/// What the target of a move must be able to do besides.
package protocol MoveRows: Transaction {
    /// Keeps all others away from these tables, and from the leases, until this transaction is over.
    func lock(_ tables: [StoredTable]) throws
    func isEmpty(_ table: StoredTable) throws -> Bool
    /// How many servers hold a lease now.
    func liveLeases() throws -> Int
    func unfinishedMove() throws -> Move.Unfinished?
    /// Empties the tables, and notes that a move into them has begun.
    func beginMove(of origin: ID, into tables: [StoredTable]) throws
    /// Adds rows to a table, and moves its mark.
    /// - Returns: false where the mark does not stand where it is moved from.
    func put(
        _ rows: [[StoredValue]], into table: StoredTable, from mark: Move.Mark, to next: Move.Mark
    ) throws -> Bool
    /// Sees to it that no number is given again, and forgets the marks: from now on the store may be opened.
    func endMove(numbersGiven: [String: Int64]) throws
}
