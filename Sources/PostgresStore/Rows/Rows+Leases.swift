import Domain

extension Rows: LeaseRows {
    func takeLease(seconds: Int) throws -> Int64 {
        try first(
            "INSERT INTO leases (until) VALUES (clock_timestamp() + $1 * interval '1 second') RETURNING number",
            Double(seconds)
        ) { try $0.integer() } ?? 0
    }

    func renewLease(_ number: Int64, seconds: Int) throws -> Int {
        try first(
            """
            WITH renewed AS (
                UPDATE leases SET until = clock_timestamp() + $2 * interval '1 second'
                WHERE number = $1 AND until > clock_timestamp() RETURNING number
            )
            SELECT CASE WHEN EXISTS (SELECT FROM renewed)
                THEN 1 + (SELECT count(*) FROM leases WHERE number <> $1 AND until > clock_timestamp()) ELSE 0 END
            """,
            number, Double(seconds)
        ) { try $0.count() } ?? 0
    }

    /// Renewing it is no change of its key, so that it need not wait for those who look.
    func holdsLease(_ number: Int64) throws -> Bool {
        if isCautious {
            return try first(
                "SELECT number FROM leases WHERE number = $1 AND until > clock_timestamp() FOR KEY SHARE", number
            ) { try $0.integer() } != nil
        }
        // Nearly always it does.
        try run(
            """
            SELECT 1 / count(*) FROM (
                SELECT FROM leases WHERE number = $1 AND until > clock_timestamp() FOR KEY SHARE
            ) AS held
            """,
            number, surprises: [SQLState.divisionByZero: .doubt])
        return true
    }

    func endLease(_ number: Int64) throws {
        try run("DELETE FROM leases WHERE number = $1", number)
    }

    func endExpiredLeases() throws {
        try run(
            """
            DELETE FROM leases WHERE number IN (
                SELECT number FROM leases WHERE until <= clock_timestamp() ORDER BY number FOR UPDATE SKIP LOCKED
            )
            """)
    }
}

extension Rows: AttendanceRows {
    func noteFollowed(_ runs: [ID], seconds: Int) throws {
        try run(
            """
            WITH followed AS (SELECT id FROM runs WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)
            UPDATE runs SET followed_until = clock_timestamp() + $2 * interval '1 second'
            FROM followed WHERE runs.id = followed.id
            """,
            Series(.uuid, runs), Double(seconds))
    }

    func isFollowed(run: ID) throws -> Bool {
        try first("SELECT 1 FROM runs WHERE id = $1 AND followed_until > clock_timestamp()", run) {
            try $0.integer()
        } != nil
    }
}
