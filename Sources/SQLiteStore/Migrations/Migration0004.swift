extension Migration {
    /// Realms, knowledge sources with what they are found by, uploads in two steps, and rates.
    static let knowledge = Migration(
        number: 4,
        sql: """
            CREATE TABLE realms (
                name TEXT PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                created_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            ALTER TABLE clients ADD COLUMN realm TEXT;
            ALTER TABLE clients ADD COLUMN person TEXT;
            ALTER TABLE agents ADD COLUMN knowledge TEXT NOT NULL DEFAULT '[]';

            -- passages and terms: how many are indexed.
            CREATE TABLE sources (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                slug TEXT NOT NULL,
                name TEXT NOT NULL,
                about TEXT NOT NULL,
                kind TEXT NOT NULL,
                visibility TEXT NOT NULL,
                owner TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                removals INTEGER NOT NULL DEFAULT 0,
                passages INTEGER NOT NULL DEFAULT 0,
                terms INTEGER NOT NULL DEFAULT 0,
                UNIQUE (account, slug)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE documents (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                source BLOB NOT NULL,
                name TEXT NOT NULL,
                media_type TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                digest BLOB NOT NULL,
                splitting TEXT NOT NULL,
                status TEXT NOT NULL,
                task TEXT NOT NULL,
                is_indexed_once_split INTEGER NOT NULL,
                passages INTEGER NOT NULL,
                indexed INTEGER NOT NULL,
                failure TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                taken_until INTEGER NOT NULL DEFAULT 0
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX documents_by_source ON documents (source, id);
            CREATE INDEX documents_to_do ON documents (taken_until, id) WHERE task <> 'nothing';

            -- A number is never given to another passage.
            CREATE TABLE passages (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                source BLOB NOT NULL,
                document BLOB NOT NULL,
                place INTEGER NOT NULL,
                line INTEGER NOT NULL,
                length INTEGER NOT NULL,
                is_indexed INTEGER NOT NULL,
                heading TEXT NOT NULL,
                text TEXT NOT NULL,
                terms TEXT NOT NULL,
                source_key TEXT GENERATED ALWAYS AS (lower(hex(source))) VIRTUAL
            ) STRICT;
            CREATE UNIQUE INDEX passages_by_place ON passages (document, place);
            CREATE INDEX passages_by_source ON passages (source, number);

            -- The terms are words already: they are only told apart.
            CREATE VIRTUAL TABLE passage_index USING fts5 (
                source_key, terms, content = 'passages', content_rowid = 'number',
                tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
            );

            CREATE TABLE passage_vectors (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                source BLOB NOT NULL,
                passage INTEGER NOT NULL,
                model TEXT NOT NULL,
                vector BLOB NOT NULL
            ) STRICT;
            CREATE INDEX passage_vectors_by_source ON passage_vectors (source, model, number);
            CREATE UNIQUE INDEX passage_vectors_by_passage ON passage_vectors (passage, model);

            CREATE TABLE upload_tickets (
                id BLOB PRIMARY KEY NOT NULL,
                account BLOB NOT NULL,
                principal TEXT NOT NULL,
                filename TEXT NOT NULL,
                source TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                is_used INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX upload_tickets_by_time ON upload_tickets (created_at);

            CREATE TABLE rate_windows (
                name TEXT PRIMARY KEY NOT NULL,
                slots BLOB NOT NULL,
                until INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX rate_windows_by_time ON rate_windows (until);
            """)
}
