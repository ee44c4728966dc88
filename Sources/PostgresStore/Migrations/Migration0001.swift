extension Migration {
    /// Columns that hold what somebody wrote, as they wrote it, are `bytea` with UTF-8 in it, because a `text` cannot
    /// hold the character U+0000: `SELECT convert_from(answer, 'UTF8') FROM runs` shows them. Text is ordered by its
    /// bytes, which no change of the system's languages can move. Moments are milliseconds since 1970.
    static let first = Migration(
        number: 1,
        sql: """
            CREATE TABLE revision (
                single boolean PRIMARY KEY DEFAULT true CHECK (single),
                value bigint NOT NULL
            );
            INSERT INTO revision (value) VALUES (0);

            CREATE TABLE accounts (
                id uuid PRIMARY KEY,
                name text COLLATE "C" NOT NULL UNIQUE,
                created_at bigint NOT NULL
            );

            -- A number is never given to another agent.
            CREATE TABLE agents (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                code text COLLATE "C" NOT NULL UNIQUE,
                account uuid NOT NULL,
                name bytea NOT NULL,
                upstream text NOT NULL,
                model text NOT NULL,
                high_performance_model text,
                fallback text NOT NULL,
                instructions bytea,
                temperature double precision,
                max_output_tokens bigint,
                leaving text NOT NULL,
                created_at bigint NOT NULL
            );

            CREATE TABLE upstreams (
                name text COLLATE "C" PRIMARY KEY,
                kind text NOT NULL,
                url text NOT NULL,
                key_variable text,
                streams boolean NOT NULL,
                retries bigint NOT NULL,
                connect_seconds bigint NOT NULL,
                first_event_seconds bigint NOT NULL,
                idle_seconds bigint NOT NULL,
                whole_seconds bigint NOT NULL,
                connections bigint NOT NULL
            );

            CREATE TABLE clients (
                id text COLLATE "C" PRIMARY KEY,
                edition text NOT NULL,
                account uuid NOT NULL,
                secret_hash bytea NOT NULL,
                agents text NOT NULL,
                scopes text NOT NULL,
                created_at bigint NOT NULL
            );

            CREATE TABLE signing_keys (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                kid text COLLATE "C" NOT NULL UNIQUE,
                sealed_key bytea NOT NULL,
                created_at bigint NOT NULL,
                retired_at bigint
            );

            CREATE TABLE master_key (
                single boolean PRIMARY KEY DEFAULT true CHECK (single),
                bytes bytea NOT NULL
            );

            CREATE TABLE conversations (
                account uuid NOT NULL,
                id text COLLATE "C" NOT NULL,
                agent text NOT NULL,
                principal text COLLATE "C" NOT NULL,
                created_at bigint NOT NULL,
                updated_at bigint NOT NULL,
                PRIMARY KEY (account, id)
            );
            CREATE INDEX conversations_by_time ON conversations (account, principal, updated_at, id);

            -- A server's promise that it still lives; a number is never given to another.
            CREATE TABLE leases (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                until timestamptz NOT NULL
            );

            -- What a question holds is JSON, where U+0000 is an escape. Each page has room for the next version of a
            -- row, which moves several times while the run is answered.
            CREATE TABLE runs (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                agent text NOT NULL,
                conversation text COLLATE "C" NOT NULL,
                principal text NOT NULL,
                status text NOT NULL,
                cancel_requested boolean NOT NULL DEFAULT false,
                answer_id uuid NOT NULL,
                created_at bigint NOT NULL,
                ended_at bigint,
                reserved bigint NOT NULL,
                floor bigint NOT NULL,
                last bigint,
                lease bigint NOT NULL,
                followed_until timestamptz,
                finish_reason text,
                refusal text,
                usage text,
                question text NOT NULL,
                answer bytea NOT NULL
            ) WITH (fillfactor = 80);
            CREATE INDEX runs_by_conversation ON runs (account, conversation, id);
            CREATE INDEX runs_by_status ON runs (status, id);
            CREATE INDEX runs_running ON runs (lease, id) WHERE status = 'running';
            CREATE INDEX runs_running_by_account ON runs (account) WHERE status = 'running';
            CREATE INDEX runs_to_cancel ON runs (id) WHERE cancel_requested AND status = 'running';
            CREATE INDEX runs_to_trim ON runs (ended_at, id) WHERE floor <= last;

            CREATE TABLE run_events (
                run uuid NOT NULL,
                sequence bigint NOT NULL,
                at bigint NOT NULL,
                kind smallint NOT NULL,
                body bytea NOT NULL,
                PRIMARY KEY (run, sequence)
            );

            CREATE TABLE idempotency_claims (
                principal text COLLATE "C" NOT NULL,
                path text COLLATE "C" NOT NULL,
                key text COLLATE "C" NOT NULL,
                fingerprint bytea NOT NULL,
                subject uuid NOT NULL,
                created_at bigint NOT NULL,
                PRIMARY KEY (principal, path, key)
            );
            CREATE INDEX idempotency_claims_by_time ON idempotency_claims (created_at);

            CREATE TABLE files (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                principal text NOT NULL,
                filename bytea NOT NULL,
                media_type text NOT NULL,
                bytes bigint NOT NULL,
                created_at bigint NOT NULL,
                is_complete boolean NOT NULL
            );
            CREATE INDEX files_by_time ON files (created_at);
            CREATE INDEX files_incomplete ON files (created_at) WHERE NOT is_complete;

            -- The reference keeps a chunk from arriving while its file is being removed.
            CREATE TABLE file_chunks (
                file uuid NOT NULL REFERENCES files ON DELETE CASCADE,
                number bigint NOT NULL,
                bytes bytea NOT NULL,
                PRIMARY KEY (file, number)
            );
            ALTER TABLE file_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL
            """)
}
