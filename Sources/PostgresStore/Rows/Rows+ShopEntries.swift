import Domain
import Ledger

/// `uuid`
extension TransferID: Bindable {
    func write(to bytes: inout [UInt8]) { ID(high: high, low: low).write(to: &bytes) }
}

extension Rows: BookEntryRows {
    private static let columns = """
        account, sequence, id, debit, credit, amount, kind, pending, code, subject, actor, at, hash
        """

    func append(_ entries: [BookEntry]) throws {
        if entries.isEmpty { return }
        let transfers = entries.map(\.transfer)
        try run(
            """
            INSERT INTO shop_transfers (\(Self.columns))
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[], $6::bigint[],
                $7::text[], $8::uuid[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bigint[], $13::bytea[])
            """,
            Series(.uuid, entries.map(\.account)), Series(.bigint, entries.map(\.sequence)),
            Series(.uuid, transfers.map(\.id)), Series(.bytes, transfers.map(\.debit.text)),
            Series(.bytes, transfers.map(\.credit.text)), Series(.bigint, transfers.map(\.amount)),
            Series(.text, transfers.map(\.kind.word)), Series(.uuid, nullable: transfers.map(\.kind.pending)),
            Series(.bytes, transfers.map(\.code)), Series(.bytes, transfers.map(\.subject)),
            Series(.bytes, transfers.map(\.actor)), Series(.bigint, transfers.map(\.at)),
            Series(.bytes, entries.map(\.hash)))
    }

    func entries(about ids: [TransferID], of account: ID) throws -> [BookEntry] {
        if ids.isEmpty { return [] }
        return try all(Self.aboutStatement, account, Series(.uuid, ids), read: Self.readEntry)
    }

    /// In two parts, each with its index.
    static let aboutStatement = """
        SELECT \(columns) FROM shop_transfers WHERE account = $1 AND id = ANY($2::uuid[])
        UNION ALL
        SELECT \(columns) FROM shop_transfers
        WHERE account = $1 AND pending = ANY($2::uuid[]) AND id <> ALL($2::uuid[])
        ORDER BY sequence
        """

    func entries(of account: ID, after sequence: Int64, limit: Int) throws -> [BookEntry] {
        try all(
            """
            SELECT \(Self.columns) FROM shop_transfers WHERE account = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
            """,
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
        if events.isEmpty { return }
        try run(
            """
            INSERT INTO shop_events (account, sequence, type, subject, actor, at, details)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::bytea[], $6::bigint[],
                $7::text[])
            """,
            Series(.uuid, events.map(\.account)), Series(.bigint, events.map(\.sequence)),
            Series(.text, events.map(\.type)), Series(.uuid, nullable: events.map(\.subject)),
            Series(.bytes, events.map(\.actor)), Series(.bigint, events.map(\.at)),
            Series(.text, events.map { try $0.details.storedJSON() }))
    }

    func events(of account: ID, after sequence: Int64, types: [String]?, limit: Int) throws -> [ShopEvent] {
        try all(
            """
            SELECT account, sequence, type, subject, actor, at, details FROM shop_events
            WHERE account = $1 AND sequence > $2 AND ($3::text[] IS NULL OR type = ANY($3))
            ORDER BY sequence LIMIT $4
            """,
            account, sequence, types.map { Series(.text, $0) }, max(limit, 0)
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
