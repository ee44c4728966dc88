extension Migration {
    /// API keys, and conversations that several people take part in.
    static let rooms = Migration(
        number: 2,
        sql: """
            CREATE TABLE api_keys (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                label TEXT NOT NULL,
                secret_hash BLOB NOT NULL,
                sealed_webhook_secret BLOB NOT NULL,
                agents TEXT NOT NULL,
                framing TEXT NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            ALTER TABLE conversations ADD COLUMN participants TEXT NOT NULL DEFAULT '';
            CREATE INDEX conversations_by_agent ON conversations (account, principal, agent, created_at, id);
            """)
}
