import Domain
import Ledger

extension TransferID: Bindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        ID(high: high, low: low).bind(to: statement, at: place)
    }
}

extension Rows: BookEntryRows {
    private static let columns = """
        account, sequence, id, debit, credit, amount, kind, pending, code, subject, actor, at, hash
        """

    func append(_ entries: [BookEntry]) throws {
        for entry in entries {
            let transfer = entry.transfer
            try run(
                "INSERT INTO shop_transfers (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                entry.account, entry.sequence, transfer.id, transfer.debit.text, transfer.credit.text, transfer.amount,
                transfer.kind.word, transfer.kind.pending, transfer.code, transfer.subject, transfer.actor,
                transfer.at,
                entry.hash)
        }
    }

    func entries(about ids: [TransferID], of account: ID) throws -> [BookEntry] {
        if ids.isEmpty { return [] }
        let choice = Choice(ids)
        let values: [any Bindable] = [account] + choice.values + [account] + choice.values + choice.values
        return try all(Self.aboutStatement(choice), values: values, bytes: .max, read: Self.readEntry)
    }

    /// In two parts, each with its index: left alone, it reads all of the account's.
    static func aboutStatement(_ choice: Choice) -> String {
        """
        SELECT \(columns) FROM shop_transfers INDEXED BY shop_transfers_by_id
        WHERE account = ? AND id IN \(choice.places)
        UNION ALL
        SELECT \(columns) FROM shop_transfers INDEXED BY shop_transfers_by_hold
        WHERE account = ? AND pending IN \(choice.places) AND id NOT IN \(choice.places)
        ORDER BY sequence
        """
    }

    func entries(of account: ID, after sequence: Int64, limit: Int) throws -> [BookEntry] {
        try all(
            "SELECT \(Self.columns) FROM shop_transfers WHERE account = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            account, sequence, max(limit, 0), read: Self.readEntry)
    }

    private static func readEntry(_ row: inout Columns) throws -> BookEntry {
        let (account, sequence) = (try row.id(), try row.integer())
        let id = try row.transferID()
        let (debit, credit) = (AccountName(try row.text()), AccountName(try row.text()))
        let (amount, word) = (try row.integer(), try row.text())
        let pending = try row.optional { try $0.transferID() }
        guard let kind = Transfer.Kind(word: word, pending: pending) else { throw Columns.Mismatch() }
        let transfer = Transfer(
            id: id, debit: debit, credit: credit, amount: amount, kind: kind, code: try row.text(),
            subject: try row.text(), actor: try row.text(), at: try row.integer())
        return BookEntry(account: account, sequence: sequence, transfer: transfer, hash: try row.blob())
    }

    func append(_ events: [ShopEvent]) throws {
        for event in events {
            try run(
                """
                INSERT INTO shop_events (account, sequence, type, subject, actor, at, details)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                event.account, event.sequence, event.type, event.subject, event.actor, event.at,
                event.details.storedJSON())
        }
    }

    func events(of account: ID, after sequence: Int64, types: [String]?, limit: Int) throws -> [ShopEvent] {
        let choice = types.map { Choice($0) }
        let ofTypes = choice.map { "AND type IN \($0.places)" } ?? ""
        let values: [any Bindable] = [account, sequence] + (choice?.values ?? []) + [max(limit, 0)]
        return try all(
            """
            SELECT account, sequence, type, subject, actor, at, details FROM shop_events
            WHERE account = ? AND sequence > ? \(ofTypes) ORDER BY sequence LIMIT ?
            """,
            values: values, bytes: .max
        ) { row in
            let (account, sequence) = (try row.id(), try row.integer())
            return ShopEvent(
                account: account, type: try row.text(), subject: try row.optional { try $0.id() },
                actor: try row.text(), at: try row.moment(), details: try row.json(), sequence: sequence)
        }
    }
}

extension Columns {
    fileprivate mutating func transferID() throws -> TransferID {
        let id = try id()
        return TransferID(high: id.high, low: id.low)
    }
}
