extension Migration {
    /// What agents buy: records of the shop, the books, keys, the catalog, and what is simulated. Servers of the
    /// version before go on beside it, but sell nothing.
    static let shop = Migration(
        number: 5,
        sql: """
            -- The shop's claims are never forgotten, and not looked through.
            DROP INDEX idempotency_claims_by_time;
            CREATE INDEX idempotency_claims_to_forget ON idempotency_claims (created_at)
                WHERE substr(path, 1, 5) <> 'shop/';

            -- Documents, each with what it is found by; the body is JSON.
            CREATE TABLE shop_records (
                kind text COLLATE "C" NOT NULL,
                id uuid NOT NULL,
                account uuid NOT NULL,
                parent uuid,
                shelf text COLLATE "C" NOT NULL,
                label bytea NOT NULL,
                due_at bigint,
                version bigint NOT NULL,
                body text NOT NULL,
                PRIMARY KEY (kind, id)
            ) WITH (fillfactor = 80);
            CREATE INDEX shop_records_by_account ON shop_records (kind, account, id);
            CREATE INDEX shop_records_by_shelf ON shop_records (kind, shelf, account, id);
            CREATE INDEX shop_records_by_parent ON shop_records (kind, parent, id) WHERE parent IS NOT NULL;
            CREATE INDEX shop_records_due ON shop_records (kind, due_at) WHERE due_at IS NOT NULL;

            -- One row for each account, which whoever changes its shop locks first. It moves with every purchase:
            -- there is no index on what moves, and much room on each page, so that old versions of a row go at once.
            CREATE TABLE shop_books (
                account uuid PRIMARY KEY,
                sequence bigint NOT NULL,
                hash bytea NOT NULL,
                event_sequence bigint NOT NULL,
                frozen_at bigint
            ) WITH (fillfactor = 10);

            -- Most of these move a few times only, a wallet with every purchase.
            CREATE TABLE shop_balances (
                name bytea PRIMARY KEY,
                account uuid NOT NULL,
                debits_pending bigint NOT NULL,
                debits_posted bigint NOT NULL,
                credits_pending bigint NOT NULL,
                credits_posted bigint NOT NULL
            ) WITH (fillfactor = 50);
            CREATE INDEX shop_balances_by_account ON shop_balances (account);

            -- pending: the hold that it ends, which nothing else may end.
            CREATE TABLE shop_transfers (
                account uuid NOT NULL,
                sequence bigint NOT NULL,
                id uuid NOT NULL,
                debit bytea NOT NULL,
                credit bytea NOT NULL,
                amount bigint NOT NULL,
                kind text NOT NULL,
                pending uuid,
                code bytea NOT NULL,
                subject bytea NOT NULL,
                actor bytea NOT NULL,
                at bigint NOT NULL,
                hash bytea NOT NULL,
                PRIMARY KEY (account, sequence)
            );
            CREATE UNIQUE INDEX shop_transfers_by_id ON shop_transfers (account, id);
            CREATE UNIQUE INDEX shop_transfers_by_hold ON shop_transfers (account, pending) WHERE pending IS NOT NULL;

            CREATE TABLE shop_events (
                account uuid NOT NULL,
                sequence bigint NOT NULL,
                type text COLLATE "C" NOT NULL,
                subject uuid,
                actor bytea NOT NULL,
                at bigint NOT NULL,
                details text NOT NULL,
                PRIMARY KEY (account, sequence)
            );

            CREATE TABLE agent_keys (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                agent bytea NOT NULL,
                secret_hash bytea NOT NULL,
                old_secret_hash bytea,
                old_secret_until bigint,
                scopes text NOT NULL,
                is_test boolean NOT NULL,
                created_at bigint NOT NULL,
                revoked_at bigint,
                last_used_at bigint
            );

            CREATE TABLE owner_keys (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                label bytea NOT NULL,
                secret_hash bytea NOT NULL,
                created_at bigint NOT NULL,
                revoked_at bigint
            );

            CREATE TABLE catalog_items (
                id text COLLATE "C" PRIMARY KEY,
                place bigint NOT NULL,
                body text NOT NULL
            );

            CREATE TABLE simulated_things (
                name bytea PRIMARY KEY,
                body text NOT NULL
            )
            """)
}
