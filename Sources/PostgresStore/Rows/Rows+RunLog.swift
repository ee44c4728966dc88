import Domain

extension Rows: RunLogRows {
    func append(_ events: [(run: ID, event: RunEvent)]) throws {
        if events.isEmpty { return }
        // In the order of the index, so that two who append do not wait for each other in a circle.
        let events = events.sorted { ($0.run, $0.event.sequence) < ($1.run, $1.event.sequence) }
        try run(
            """
            INSERT INTO run_events (run, sequence, at, kind, body)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bytea[])
            """,
            Series(.uuid, events.map(\.run)), Series(.bigint, events.map(\.event.sequence)),
            Series(.bigint, events.map(\.event.at)),
            Series(.smallint, events.map { Int16(truncatingIfNeeded: $0.event.kindNumber) }),
            Series(.bytes, events.map { try $0.event.body() }))
    }

    func events(of run: ID, after sequence: Int64, limit: Int, bytes: Int) throws -> [RunEvent] {
        try all(
            """
            SELECT sequence, at, kind, body FROM (
                SELECT *, row_number() OVER (ORDER BY sequence) AS number,
                    sum(octet_length(body)) OVER (ORDER BY sequence) AS total
                FROM (
                    SELECT sequence, at, kind, body FROM run_events WHERE run = $1 AND sequence > $2
                    ORDER BY sequence LIMIT $3
                ) AS page
            ) AS page WHERE number = 1 OR total <= $4 ORDER BY sequence
            """,
            run, sequence, max(limit, 0), bytes
        ) { row in
            try RunEvent(
                sequence: try row.integer(), at: try row.moment(), kindNumber: try row.integer(), body: try row.text())
        }
    }

    func newestSequences(of runs: [ID]) throws -> [ID: Int64] {
        let newest = try all(
            """
            SELECT run, newest FROM unnest($1::uuid[]) AS run,
                LATERAL (SELECT max(sequence) AS newest FROM run_events WHERE run_events.run = run.run) AS log
            WHERE newest IS NOT NULL
            """,
            Series(.uuid, runs)
        ) { row in (try row.id(), try row.integer()) }
        return Dictionary(newest) { first, _ in first }
    }

    func raiseReserved(of run: ID, to sequence: Int64) throws {
        try self.run("UPDATE runs SET reserved = greatest(reserved, $2) WHERE id = $1", run, sequence)
    }

    func eventCount(of run: ID) throws -> Int {
        try first("SELECT count(*) FROM run_events WHERE run = $1", run) { try $0.count() } ?? 0
    }
}
