extension Migration {
    /// Requests that wait for their turn, and whom to tell when they have ended. Servers of the version before go on
    /// beside it, but know nothing of the queue: they cannot show what waits in it.
    static let requests = Migration(
        number: 3,
        sql: """
            -- These move with every request. There is no index on what moves, and much room on each page, so that old
            -- versions of a row go at once, and not with the next vacuum.
            CREATE TABLE queue_accounts (
                account uuid PRIMARY KEY,
                turn bigint NOT NULL,
                waiting bigint NOT NULL,
                ready bigint NOT NULL
            ) WITH (fillfactor = 10);

            -- Of the runs given a number, those up to `gone` or about as many have left.
            CREATE TABLE queue_lanes (
                account uuid NOT NULL,
                agent text COLLATE "C" NOT NULL,
                turn bigint NOT NULL,
                waiting bigint NOT NULL,
                ready bigint NOT NULL,
                given bigint NOT NULL,
                gone bigint NOT NULL,
                PRIMARY KEY (account, agent)
            ) WITH (fillfactor = 10);

            -- state: 0 waits for another run of its conversation, 1 is ready, 2 has its turn.
            CREATE TABLE queue_runs (
                run uuid PRIMARY KEY,
                account uuid NOT NULL,
                agent text COLLATE "C" NOT NULL,
                conversation text COLLATE "C" NOT NULL,
                number bigint NOT NULL,
                state smallint NOT NULL,
                turns bigint NOT NULL
            );
            CREATE INDEX queue_runs_ready ON queue_runs (account, agent, number) WHERE state = 1;
            CREATE INDEX queue_runs_by_conversation ON queue_runs (account, conversation, number);

            CREATE TABLE callbacks (
                run uuid PRIMARY KEY,
                account uuid NOT NULL,
                key uuid NOT NULL,
                url text NOT NULL,
                endpoint text NOT NULL,
                state text NOT NULL,
                attempts bigint NOT NULL,
                due_at bigint NOT NULL,
                created_at bigint NOT NULL
            );
            CREATE INDEX callbacks_due ON callbacks (endpoint, due_at) WHERE state = 'due';
            CREATE INDEX callbacks_by_endpoint ON callbacks (endpoint);
            CREATE INDEX callbacks_by_time ON callbacks (created_at);
            CREATE INDEX callbacks_by_state ON callbacks (state, run);

            CREATE TABLE deliveries (
                run uuid NOT NULL,
                number bigint NOT NULL,
                at bigint NOT NULL,
                milliseconds bigint,
                status bigint,
                problem text,
                PRIMARY KEY (run, number)
            );

            CREATE TABLE callback_endpoints (
                name text COLLATE "C" PRIMARY KEY,
                failures bigint NOT NULL,
                paused_until bigint
            )
            """)
}
