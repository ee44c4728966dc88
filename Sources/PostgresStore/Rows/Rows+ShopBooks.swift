import Domain
import Ledger

extension Rows: BookRows {
    private static let headStatement =
        "SELECT sequence, hash, event_sequence, frozen_at FROM shop_books WHERE account = $1"

    func lockBook(of account: ID) throws -> BookHead {
        if let head = try lockedHead(of: account) { return head }
        // The first time: two who see none would each begin with their own.
        try run(
            """
            INSERT INTO shop_books (account, sequence, hash, event_sequence) VALUES ($1, 0, $2, 0)
            ON CONFLICT DO NOTHING
            """,
            account, [UInt8]())
        return try lockedHead(of: account) ?? BookHead()
    }

    private func lockedHead(of account: ID) throws -> BookHead? {
        try first(Self.headStatement + " FOR NO KEY UPDATE", account, read: Self.readHead)
    }

    func bookHead(of account: ID) throws -> BookHead {
        try first(Self.headStatement, account, read: Self.readHead) ?? BookHead()
    }

    private static func readHead(_ row: inout Columns) throws -> BookHead {
        BookHead(
            sequence: try row.integer(), hash: try row.blob(), eventSequence: try row.integer(),
            frozenAt: try row.optional { try $0.moment() })
    }

    func set(_ head: BookHead, of account: ID) throws {
        try run(
            """
            INSERT INTO shop_books (account, sequence, hash, event_sequence, frozen_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (account) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
                event_sequence = excluded.event_sequence, frozen_at = excluded.frozen_at
            """,
            account, head.sequence, head.hash, head.eventSequence, head.frozenAt)
    }

    private static let columns = "name, account, debits_pending, debits_posted, credits_pending, credits_posted"

    func balances(of names: [AccountName]) throws -> [AccountName: Balance] {
        if names.isEmpty { return [:] }
        let found = try all(
            "SELECT \(Self.columns) FROM shop_balances WHERE name = ANY($1::bytea[])",
            Series(.bytes, names.map(\.text)), read: Self.readBalance)
        return Dictionary(found.map { ($0.name, $0.balance) }) { first, _ in first }
    }

    func put(_ balances: [(name: AccountName, account: ID, balance: Balance)]) throws {
        if balances.isEmpty { return }
        try run(
            """
            INSERT INTO shop_balances (\(Self.columns))
            SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
            ON CONFLICT (name) DO UPDATE SET account = excluded.account, debits_pending = excluded.debits_pending,
                debits_posted = excluded.debits_posted, credits_pending = excluded.credits_pending,
                credits_posted = excluded.credits_posted
            """,
            Series(.bytes, balances.map(\.name.text)), Series(.uuid, balances.map(\.account)),
            Series(.bigint, balances.map(\.balance.debitsPending)),
            Series(.bigint, balances.map(\.balance.debitsPosted)),
            Series(.bigint, balances.map(\.balance.creditsPending)),
            Series(.bigint, balances.map(\.balance.creditsPosted)))
    }

    func balances(account: ID?) throws -> [(name: AccountName, account: ID, balance: Balance)] {
        guard let account else {
            return try all("SELECT \(Self.columns) FROM shop_balances ORDER BY name", read: Self.readBalance)
        }
        return try all(
            "SELECT \(Self.columns) FROM shop_balances WHERE account = $1 ORDER BY name", account,
            read: Self.readBalance)
    }

    private static func readBalance(
        _ row: inout Columns
    ) throws -> (name: AccountName, account: ID, balance: Balance) {
        let (name, account) = (AccountName(try row.text()), try row.id())
        let balance = Balance(
            debitsPending: try row.integer(), debitsPosted: try row.integer(), creditsPending: try row.integer(),
            creditsPosted: try row.integer())
        return (name, account, balance)
    }
}
