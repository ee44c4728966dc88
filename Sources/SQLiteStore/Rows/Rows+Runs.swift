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
            INSERT INTO runs (\(Self.runColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            run.id, run.account, run.agent, run.conversation, run.principal, run.status.rawValue, run.answerID,
            run.createdAt, run.endedAt, run.reserved, run.floor, run.last, run.lease, run.finishReason?.rawValue,
            run.refusal?.storedJSON(), run.usage?.stored, run.question.stored(), run.answer)
    }

    func update(_ question: Question, of run: ID) throws {
        try self.run("UPDATE runs SET question = ? WHERE id = ?", question.stored(), run)
    }

    func run(id: ID, withAnswer: Bool) throws -> Run? {
        let columns = withAnswer ? Self.runColumns : Self.runColumnsButAnswer + ", ''"
        return try first("SELECT \(columns) FROM runs WHERE id = ?", id, read: Self.readRun)
    }

    func runs(_ page: RunPage) throws -> [Run] {
        // No run lies beyond either of these.
        let end = page.newestFirst ? ID(high: .max, low: .max) : ID(high: 0, low: 0)
        return try all(
            Self.pageStatement(page), page.account, page.conversation, page.start?.run ?? end, max(page.limit, 0),
            bytes: page.bytes, read: Self.readRun)
    }

    static func pageStatement(_ page: RunPage) -> String {
        let (side, order) = page.newestFirst ? ("<", "DESC") : (">", "ASC")
        let border = page.start?.isIncluded == false ? side : side + "="
        let ended = page.isOfEnded ? "AND status NOT IN ('queued', 'running')" : ""
        return """
            SELECT \(runColumns) FROM runs WHERE account = ? AND conversation = ? AND id \(border) ? \(ended)
            ORDER BY id \(order) LIMIT ?
            """
    }

    func end(_ run: Run) throws {
        let changed = try self.run(
            """
            UPDATE runs SET status = ?, answer = ?, finish_reason = ?, refusal = ?, usage = ?, ended_at = ?, last = ?,
                reserved = max(reserved, ?)
            WHERE id = ? AND status IN ('running', 'queued') AND lease = ?
            """,
            run.status.rawValue, run.answer, run.finishReason?.rawValue, run.refusal?.storedJSON(), run.usage?.stored,
            run.endedAt, run.last, run.reserved, run.id, run.lease)
        if changed == 0 { try removeEventsOfNoRun(run.id) }
    }

    /// A conversation may be removed while one of its runs is still writing.
    private func removeEventsOfNoRun(_ id: ID) throws {
        try run("DELETE FROM run_events WHERE run = ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE id = ?1)", id)
    }

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
        try all(
            """
            SELECT \(Self.runColumns) FROM runs
            WHERE status = 'running' AND lease NOT IN (SELECT number FROM leases) ORDER BY id LIMIT ?
            """,
            max(limit, 0), read: Self.readRun)
    }

    func countRunning(account: ID) throws -> Int {
        try first("SELECT count(*) FROM runs WHERE account = ? AND status = 'running'", account) {
            try $0.count()
        } ?? 0
    }

    func unfinishedRuns(account: ID, conversation: String) throws -> [ID] {
        try all(
            """
            SELECT id FROM runs WHERE account = ? AND conversation = ? AND status IN ('running', 'queued')
            ORDER BY id
            """,
            account, conversation
        ) { try $0.id() }
    }

    func runsHeld(under lease: Int64) throws -> [ID] {
        try all("SELECT id FROM runs WHERE status = 'running' AND lease = ?", lease) { try $0.id() }
    }
}

extension Rows: CancelRows {
    func requestCancel(run id: ID) throws {
        try run("UPDATE runs SET cancel_requested = 1 WHERE id = ? AND status = 'running'", id)
    }

    func isCancelRequested(run id: ID) throws -> Bool {
        try first("SELECT 1 FROM runs WHERE id = ? AND cancel_requested = 1", id) { try $0.integer() } != nil
    }

    func cancelRequests() throws -> [ID] {
        try all(
            """
            SELECT id FROM runs INDEXED BY runs_to_cancel WHERE cancel_requested = 1 AND status = 'running' ORDER BY id
            """
        ) { try $0.id() }
    }
}
