import Domain

extension Rows: RunRows {
    static let runColumnsButAnswer = """
        id, account, agent, conversation, principal, status, answer_id, created_at, ended_at, reserved, floor, last,
            lease, finish_reason, refusal, usage, question
        """
    static let runColumns = runColumnsButAnswer + ", answer"

    func insert(_ run: Run) throws {
        try self.run(
            """
            INSERT INTO runs (\(Self.runColumns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            """,
            run.id, run.account, run.agent, run.conversation, run.principal, run.status.rawValue, run.answerID,
            run.createdAt, run.endedAt, run.reserved, run.floor, run.last, run.lease, run.finishReason?.rawValue,
            run.refusal?.storedJSON(), run.usage?.stored, run.question.stored(), run.answer)
    }

    func update(_ question: Question, of run: ID) throws {
        try self.run("UPDATE runs SET question = $2 WHERE id = $1", run, question.stored())
    }

    func run(id: ID, withAnswer: Bool) throws -> Run? {
        let columns = withAnswer ? Self.runColumns : Self.runColumnsButAnswer + ", ''"
        return try first("SELECT \(columns) FROM runs WHERE id = $1", id, read: Self.readRun)
    }

    func runs(_ page: RunPage) throws -> [Run] {
        // No run lies beyond either of these.
        let end = page.newestFirst ? ID(high: .max, low: .max) : ID(high: 0, low: 0)
        return try all(
            Self.pageStatement(page), page.account, page.conversation, page.start?.run ?? end, max(page.limit, 0),
            page.bytes, read: Self.readRun)
    }

    /// What is too much is not even sent: the server adds up the bytes, which it knows without reading them.
    static func pageStatement(_ page: RunPage) -> String {
        let (side, order) = page.newestFirst ? ("<", "DESC") : (">", "ASC")
        let border = page.start?.isIncluded == false ? side : side + "="
        let ended = page.isOfEnded ? "AND status NOT IN ('queued', 'running')" : ""
        return """
            SELECT \(runColumns) FROM (
                SELECT *, row_number() OVER (ORDER BY id \(order)) AS number,
                    sum(octet_length(question) + octet_length(answer)) OVER (ORDER BY id \(order)) AS total
                FROM (
                    SELECT \(runColumns) FROM runs
                    WHERE account = $1 AND conversation = $2 AND id \(border) $3 \(ended)
                    ORDER BY id \(order) LIMIT $4
                ) AS page
            ) AS page WHERE number = 1 OR total <= $5 ORDER BY id \(order)
            """
    }

    /// A conversation may be removed while one of its runs is still writing; then its events go too. Whether that has
    /// happened is seen only by a look that locks: it waits for one who removes the run at this moment.
    func end(_ run: Run) throws {
        try self.run(
            Self.endStatement, run.id, run.status.rawValue, run.answer, run.finishReason?.rawValue,
            run.refusal?.storedJSON(),
            run.usage?.stored, run.endedAt, run.last, run.reserved, run.lease)
    }

    static let endStatement = """
        WITH ended AS (
            UPDATE runs SET status = $2, answer = $3, finish_reason = $4, refusal = $5, usage = $6, ended_at = $7,
                last = $8, reserved = greatest(reserved, $9)
            WHERE id = $1 AND status IN ('running', 'queued') AND lease = $10 RETURNING id
        )
        DELETE FROM run_events WHERE run = $1 AND CASE WHEN EXISTS (SELECT FROM ended) THEN false
            ELSE NOT EXISTS (SELECT FROM runs WHERE id = $1 FOR KEY SHARE) END
        """

    static func readRun(_ row: inout Columns) throws -> Run {
        let id = try row.id()
        let account = try row.id()
        let (agent, conversation, principal) = (try row.text(), try row.text(), try row.text())
        let status: Run.Status = try row.word()
        let answerID = try row.id()
        let createdAt = try row.moment()
        let endedAt = try row.optional { try $0.moment() }
        let (reserved, floor) = (try row.integer(), try row.integer())
        let last = try row.optional { try $0.integer() }
        let lease = try row.integer()
        let finishReason: FinishReason? = try row.optional { try $0.word() }
        let refusal: Refusal? = try row.optional { try $0.json() }
        let usage: Usage? = try row.optional { try $0.json() }
        var run = Run(
            id: id, account: account, agent: agent, conversation: conversation, principal: principal,
            question: try row.json(), answerID: answerID, createdAt: createdAt, reserved: reserved)
        run.answer = try row.text()
        run.status = status
        run.endedAt = endedAt
        run.floor = floor
        run.last = last
        run.lease = lease
        run.finishReason = finishReason
        run.refusal = refusal
        run.usage = usage
        return run
    }
}

extension Rows: RunningRows {
    func abandonedRuns(limit: Int) throws -> [Run] {
        try all(Self.abandonedStatement, max(limit, 0), read: Self.readRun)
    }

    static let abandonedStatement = """
        SELECT \(runColumns) FROM runs
        WHERE status = 'running' AND NOT EXISTS (SELECT FROM leases WHERE number = runs.lease)
        ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        """

    /// The lock comes first: a count waits for those who were before it, and sees what they began.
    func countRunning(account: ID) throws -> Int {
        try run("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account)
        return try first("SELECT count(*) FROM runs WHERE account = $1 AND status = 'running'", account) {
            try $0.count()
        } ?? 0
    }

    func unfinishedRuns(account: ID, conversation: String) throws -> [ID] {
        try all(
            """
            SELECT id FROM runs WHERE account = $1 AND conversation = $2 AND status IN ('running', 'queued')
            ORDER BY id
            """,
            account, conversation
        ) { try $0.id() }
    }

    func runsHeld(under lease: Int64) throws -> [ID] {
        try all("SELECT id FROM runs WHERE status = 'running' AND lease = $1", lease) { try $0.id() }
    }
}

extension Rows: CancelRows {
    func requestCancel(run id: ID) throws {
        try run("UPDATE runs SET cancel_requested = true WHERE id = $1 AND status = 'running'", id)
    }

    func isCancelRequested(run id: ID) throws -> Bool {
        try first("SELECT 1::bigint FROM runs WHERE id = $1 AND cancel_requested", id) { try $0.integer() } != nil
    }

    func cancelRequests() throws -> [ID] {
        try all("SELECT id FROM runs WHERE cancel_requested AND status = 'running' ORDER BY id") { try $0.id() }
    }
}
