extension Migration {
    /// API keys, and conversations that several people take part in. Servers of the version before go on beside it.
    static let rooms = Migration(
        number: 2,
        sql: """
            CREATE TABLE api_keys (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                label bytea NOT NULL,
                secret_hash bytea NOT NULL,
                sealed_webhook_secret bytea NOT NULL,
                agents text NOT NULL,
                framing text NOT NULL,
                created_at bigint NOT NULL
            );

            ALTER TABLE conversations ADD COLUMN participants text NOT NULL DEFAULT '';
            CREATE INDEX conversations_by_agent ON conversations (account, principal, agent, created_at, id)
            """)
}
