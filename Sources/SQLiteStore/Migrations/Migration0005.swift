extension Migration {
    /// What agents buy: records of the shop, the books, keys, the catalog, and what is simulated.
    static let shop = Migration(
        number: 5,
        sql: """
            -- The shop's claims are never forgotten, and not looked through.
            DROP INDEX idempotency_claims_by_time;
            CREATE INDEX idempotency_claims_to_forget ON idempotency_claims (created_at)
                WHERE substr(path, 1, 5) <> 'shop/';

            -- Documents, each with what it is found by; the body is JSON.
            CREATE TABLE shop_records (
                kind TEXT NOT NULL,
                id BLOB NOT NULL,
                account BLOB NOT NULL,
                parent BLOB,
                shelf TEXT NOT NULL,
                label TEXT NOT NULL,
                due_at INTEGER,
                version INTEGER NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (kind, id)
            ) STRICT;
            CREATE INDEX shop_records_by_account ON shop_records (kind, account, id);
            CREATE INDEX shop_records_by_shelf ON shop_records (kind, shelf, account, id);
            CREATE INDEX shop_records_by_parent ON shop_records (kind, parent, id) WHERE parent IS NOT NULL;
            CREATE INDEX shop_records_due ON shop_records (kind, due_at) WHERE due_at IS NOT NULL;

            CREATE TABLE shop_books (
                account BLOB PRIMARY KEY NOT NULL,
                sequence INTEGER NOT NULL,
                hash BLOB NOT NULL,
                event_sequence INTEGER NOT NULL,
                frozen_at INTEGER
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE shop_balances (
                name TEXT PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                debits_pending INTEGER NOT NULL,
                debits_posted INTEGER NOT NULL,
                credits_pending INTEGER NOT NULL,
                credits_posted INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX shop_balances_by_account ON shop_balances (account);

            -- pending: the hold that it ends, which nothing else may end.
            CREATE TABLE shop_transfers (
                account BLOB NOT NULL,
                sequence INTEGER NOT NULL,
                id BLOB NOT NULL,
                debit TEXT NOT NULL,
                credit TEXT NOT NULL,
                amount INTEGER NOT NULL,
                kind TEXT NOT NULL,
                pending BLOB,
                code TEXT NOT NULL,
                subject TEXT NOT NULL,
                actor TEXT NOT NULL,
                at INTEGER NOT NULL,
                hash BLOB NOT NULL,
                PRIMARY KEY (account, sequence)
            ) STRICT, WITHOUT ROWID;
            CREATE UNIQUE INDEX shop_transfers_by_id ON shop_transfers (account, id);
            CREATE UNIQUE INDEX shop_transfers_by_hold ON shop_transfers (account, pending) WHERE pending IS NOT NULL;

            CREATE TABLE shop_events (
                account BLOB NOT NULL,
                sequence INTEGER NOT NULL,
                type TEXT NOT NULL,
                subject BLOB,
                actor TEXT NOT NULL,
                at INTEGER NOT NULL,
                details TEXT NOT NULL,
                PRIMARY KEY (account, sequence)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE agent_keys (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                agent TEXT NOT NULL,
                secret_hash BLOB NOT NULL,
                old_secret_hash BLOB,
                old_secret_until INTEGER,
                scopes TEXT NOT NULL,
                is_test INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                revoked_at INTEGER,
                last_used_at INTEGER
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE owner_keys (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                label TEXT NOT NULL,
                secret_hash BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                revoked_at INTEGER
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE catalog_items (
                id TEXT PRIMARY KEY NOT NULL,
                place INTEGER NOT NULL,
                body TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE simulated_things (
                name TEXT PRIMARY KEY NOT NULL,
                body TEXT NOT NULL
            ) STRICT;
            """)
}
