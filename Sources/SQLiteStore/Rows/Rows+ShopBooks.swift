import Domain
import Ledger

extension Rows: BookRows {
    /// Who writes is alone.
    func lockBook(of account: ID) throws -> BookHead {
        try bookHead(of: account)
    }

    func bookHead(of account: ID) throws -> BookHead {
        try first(
            "SELECT sequence, hash, event_sequence, frozen_at FROM shop_books WHERE account = ?", account
        ) { row in
            BookHead(
                sequence: try row.integer(), hash: try row.blob(), eventSequence: try row.integer(),
                frozenAt: try row.optional { try $0.moment() })
        } ?? BookHead()
    }

    func set(_ head: BookHead, of account: ID) throws {
        try run(
            """
            INSERT OR REPLACE INTO shop_books (account, sequence, hash, event_sequence, frozen_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            account, head.sequence, head.hash, head.eventSequence, head.frozenAt)
    }

    private static let columns = "name, account, debits_pending, debits_posted, credits_pending, credits_posted"

    func balances(of names: [AccountName]) throws -> [AccountName: Balance] {
        let choice = Choice(names.map(\.text))
        let found = try all(
            "SELECT \(Self.columns) FROM shop_balances WHERE name IN \(choice.places)", values: choice.values,
            bytes: .max, read: Self.readBalance)
        return Dictionary(found.map { ($0.name, $0.balance) }) { first, _ in first }
    }

    func put(_ balances: [(name: AccountName, account: ID, balance: Balance)]) throws {
        for (name, account, balance) in balances {
            try run(
                """
                INSERT INTO shop_balances (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET account = excluded.account, debits_pending = excluded.debits_pending,
                    debits_posted = excluded.debits_posted, credits_pending = excluded.credits_pending,
                    credits_posted = excluded.credits_posted
                """,
                name.text, account, balance.debitsPending, balance.debitsPosted, balance.creditsPending,
                balance.creditsPosted)
        }
    }

    func balances(account: ID?) throws -> [(name: AccountName, account: ID, balance: Balance)] {
        guard let account else {
            return try all("SELECT \(Self.columns) FROM shop_balances ORDER BY name", read: Self.readBalance)
        }
        return try all(
            "SELECT \(Self.columns) FROM shop_balances WHERE account = ? ORDER BY name", account,
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
