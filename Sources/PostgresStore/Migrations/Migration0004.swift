extension Migration {
    /// Realms, knowledge sources with what they are found by, uploads in two steps, and rates. Servers of the version
    /// before go on beside it until the first client of a realm is made, whose edition they do not know.
    static let knowledge = Migration(
        number: 4,
        sql: """
            CREATE TABLE realms (
                name text COLLATE "C" PRIMARY KEY,
                account uuid NOT NULL,
                created_at bigint NOT NULL
            );
            ALTER TABLE clients ADD COLUMN realm text;
            ALTER TABLE clients ADD COLUMN person text;
            ALTER TABLE agents ADD COLUMN knowledge text NOT NULL DEFAULT '[]';

            -- passages and terms: how many are indexed.
            CREATE TABLE sources (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                slug text COLLATE "C" NOT NULL,
                name bytea NOT NULL,
                about bytea NOT NULL,
                kind text NOT NULL,
                visibility text NOT NULL,
                owner text NOT NULL,
                created_at bigint NOT NULL,
                removals bigint NOT NULL DEFAULT 0,
                passages bigint NOT NULL DEFAULT 0,
                terms bigint NOT NULL DEFAULT 0,
                UNIQUE (account, slug)
            );

            CREATE TABLE documents (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                source uuid NOT NULL,
                name bytea NOT NULL,
                media_type text NOT NULL,
                bytes bigint NOT NULL,
                digest bytea NOT NULL,
                splitting text NOT NULL,
                status text NOT NULL,
                task text NOT NULL,
                is_indexed_once_split boolean NOT NULL,
                passages bigint NOT NULL,
                indexed bigint NOT NULL,
                failure bytea,
                created_at bigint NOT NULL,
                updated_at bigint NOT NULL,
                taken_until bigint NOT NULL DEFAULT 0
            );
            CREATE INDEX documents_by_source ON documents (source, id);
            CREATE INDEX documents_to_do ON documents (taken_until, id) WHERE task <> 'nothing';

            CREATE TABLE passages (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                source uuid NOT NULL,
                document uuid NOT NULL,
                place bigint NOT NULL,
                line bigint NOT NULL,
                length bigint NOT NULL,
                is_indexed boolean NOT NULL,
                heading text NOT NULL,
                text text NOT NULL,
                terms text NOT NULL
            );
            CREATE UNIQUE INDEX passages_by_place ON passages (document, place);
            CREATE INDEX passages_by_source ON passages (source, number);

            -- How often each term occurs in each passage, and how long that is: all that a ranking needs.
            CREATE TABLE passage_terms (
                source uuid NOT NULL,
                term text COLLATE "C" NOT NULL,
                passage bigint NOT NULL,
                count integer NOT NULL,
                length integer NOT NULL
            );
            CREATE UNIQUE INDEX passage_terms_ranked ON passage_terms (source, term, passage) INCLUDE (count, length);

            CREATE TABLE passage_vectors (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                source uuid NOT NULL,
                passage bigint NOT NULL,
                model text COLLATE "C" NOT NULL,
                vector bytea NOT NULL
            );
            ALTER TABLE passage_vectors ALTER COLUMN vector SET STORAGE PLAIN;
            CREATE INDEX passage_vectors_by_source ON passage_vectors (source, model, number);
            CREATE UNIQUE INDEX passage_vectors_by_passage ON passage_vectors (passage, model);

            CREATE TABLE upload_tickets (
                id uuid PRIMARY KEY,
                account uuid NOT NULL,
                principal text NOT NULL,
                filename bytea NOT NULL,
                source text NOT NULL,
                created_at bigint NOT NULL,
                expires_at bigint NOT NULL,
                is_used boolean NOT NULL
            );
            CREATE INDEX upload_tickets_by_time ON upload_tickets (created_at);

            -- There is no index on what moves with every request, so that old versions of a row go at once.
            CREATE TABLE rate_windows (
                name text COLLATE "C" PRIMARY KEY,
                slots bytea NOT NULL,
                until bigint NOT NULL
            ) WITH (fillfactor = 10)
            """)
}
