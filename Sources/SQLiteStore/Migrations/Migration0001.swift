extension Migration {
    static let first = Migration(
        number: 1,
        sql: """
            CREATE TABLE revision (single INTEGER PRIMARY KEY CHECK (single = 1), value INTEGER NOT NULL) STRICT;
            INSERT INTO revision (single, value) VALUES (1, 0);

            CREATE TABLE accounts (
                id BLOB PRIMARY KEY NOT NULL,
                name TEXT NOT NULL UNIQUE,
                created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- A number is never given to another agent.
            CREATE TABLE agents (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL UNIQUE,
                account BLOB NOT NULL,
                name TEXT NOT NULL,
                upstream TEXT NOT NULL,
                model TEXT NOT NULL,
                high_performance_model TEXT,
                fallback TEXT NOT NULL,
                instructions TEXT,
                temperature REAL,
                max_output_tokens INTEGER,
                leaving TEXT NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE upstreams (
                name TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                url TEXT NOT NULL,
                key_variable TEXT,
                streams INTEGER NOT NULL,
                retries INTEGER NOT NULL,
                connect_seconds INTEGER NOT NULL,
                first_event_seconds INTEGER NOT NULL,
                idle_seconds INTEGER NOT NULL,
                whole_seconds INTEGER NOT NULL,
                connections INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE clients (
                id TEXT PRIMARY KEY NOT NULL,
                edition TEXT NOT NULL,
                account BLOB NOT NULL,
                secret_hash BLOB NOT NULL,
                agents TEXT NOT NULL,
                scopes TEXT NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE signing_keys (
                number INTEGER PRIMARY KEY,
                kid TEXT NOT NULL UNIQUE,
                sealed_key BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                retired_at INTEGER
            ) STRICT;

            CREATE TABLE master_key (single INTEGER PRIMARY KEY CHECK (single = 1), bytes BLOB NOT NULL) STRICT;

            CREATE TABLE conversations (
                account BLOB NOT NULL,
                id TEXT NOT NULL,
                agent TEXT NOT NULL,
                principal TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                PRIMARY KEY (account, id)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX conversations_by_time ON conversations (account, principal, updated_at, id);

            -- What is long stands last, so that the rest is read without it.
            CREATE TABLE runs (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                agent TEXT NOT NULL,
                conversation TEXT NOT NULL,
                principal TEXT NOT NULL,
                status TEXT NOT NULL,
                cancel_requested INTEGER NOT NULL DEFAULT 0,
                answer_id BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                ended_at INTEGER,
                reserved INTEGER NOT NULL,
                floor INTEGER NOT NULL,
                last INTEGER,
                lease INTEGER NOT NULL,
                followed_until INTEGER NOT NULL DEFAULT 0,
                finish_reason TEXT,
                refusal TEXT,
                usage TEXT,
                question TEXT NOT NULL,
                answer TEXT NOT NULL
            ) STRICT;
            CREATE INDEX runs_by_conversation ON runs (account, conversation, id);
            CREATE INDEX runs_by_status ON runs (status, id);
            CREATE INDEX runs_running ON runs (lease, id) WHERE status = 'running';
            CREATE INDEX runs_running_by_account ON runs (account) WHERE status = 'running';
            CREATE INDEX runs_to_cancel ON runs (id) WHERE cancel_requested = 1 AND status = 'running';
            CREATE INDEX runs_to_trim ON runs (ended_at, id) WHERE floor <= last;

            -- A number is never given to another server.
            CREATE TABLE leases (number INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;

            CREATE TABLE run_events (
                run BLOB NOT NULL,
                sequence INTEGER NOT NULL,
                at INTEGER NOT NULL,
                kind INTEGER NOT NULL,
                body TEXT NOT NULL,
                PRIMARY KEY (run, sequence)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE idempotency_claims (
                principal TEXT NOT NULL,
                path TEXT NOT NULL,
                key TEXT NOT NULL,
                fingerprint BLOB NOT NULL,
                subject BLOB NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (principal, path, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX idempotency_claims_by_time ON idempotency_claims (created_at);

            CREATE TABLE files (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                principal TEXT NOT NULL,
                filename TEXT NOT NULL,
                media_type TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                is_complete INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX files_by_time ON files (created_at);
            CREATE INDEX files_incomplete ON files (created_at) WHERE is_complete = 0;

            CREATE TABLE file_chunks (
                file BLOB NOT NULL,
                number INTEGER NOT NULL,
                bytes BLOB NOT NULL,
                PRIMARY KEY (file, number)
            ) STRICT;
            """)
}
