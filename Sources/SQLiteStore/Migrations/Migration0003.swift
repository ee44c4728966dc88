extension Migration {
    /// Requests that wait for their turn, and whom to tell when they have ended.
    static let requests = Migration(
        number: 3,
        sql: """
            CREATE TABLE queue_accounts (
                account BLOB PRIMARY KEY NOT NULL,
                turn INTEGER NOT NULL,
                waiting INTEGER NOT NULL,
                ready INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX queue_accounts_by_turn ON queue_accounts (turn);
            CREATE INDEX queue_accounts_ready ON queue_accounts (turn) WHERE ready > 0;

            -- Of the runs given a number, those up to `gone` or about as many have left.
            CREATE TABLE queue_lanes (
                account BLOB NOT NULL,
                agent TEXT NOT NULL,
                turn INTEGER NOT NULL,
                waiting INTEGER NOT NULL,
                ready INTEGER NOT NULL,
                given INTEGER NOT NULL,
                gone INTEGER NOT NULL,
                PRIMARY KEY (account, agent)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX queue_lanes_by_turn ON queue_lanes (account, turn);
            CREATE INDEX queue_lanes_ready ON queue_lanes (account, turn) WHERE ready > 0;

            -- state: 0 waits for another run of its conversation, 1 is ready, 2 has its turn.
            CREATE TABLE queue_runs (
                run BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                agent TEXT NOT NULL,
                conversation TEXT NOT NULL,
                number INTEGER NOT NULL,
                state INTEGER NOT NULL,
                turns INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX queue_runs_ready ON queue_runs (account, agent, number) WHERE state = 1;
            CREATE INDEX queue_runs_by_conversation ON queue_runs (account, conversation, number);

            CREATE TABLE callbacks (
                run BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                key BLOB NOT NULL,
                url TEXT NOT NULL,
                endpoint TEXT NOT NULL,
                state TEXT NOT NULL,
                attempts INTEGER NOT NULL,
                due_at INTEGER NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX callbacks_due ON callbacks (endpoint, due_at) WHERE state = 'due';
            CREATE INDEX callbacks_by_endpoint ON callbacks (endpoint);
            CREATE INDEX callbacks_by_time ON callbacks (created_at);
            CREATE INDEX callbacks_by_state ON callbacks (state, run);

            CREATE TABLE deliveries (
                run BLOB NOT NULL,
                number INTEGER NOT NULL,
                at INTEGER NOT NULL,
                milliseconds INTEGER,
                status INTEGER,
                problem TEXT,
                PRIMARY KEY (run, number)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE callback_endpoints (
                name TEXT PRIMARY KEY NOT NULL,
                failures INTEGER NOT NULL,
                paused_until INTEGER
            ) STRICT, WITHOUT ROWID;
            """)
}
