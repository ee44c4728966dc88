import Domain

/// States of a run in the queue.
private enum QueueState {
    static let waiting: Int64 = 0
    static let taken: Int64 = 2
}

/// Whoever moves more than one account's numbers holds the queue's lock; whoever moves one account's locks its row
/// first. So nobody waits in a circle, and what is seen of an account stays so.
extension Rows: QueueRows {
    /// Tells this lock from those of other programs on the same database.
    private static let lock = 0x5269_616D

    private func lockQueue() throws {
        try run("SELECT pg_advisory_xact_lock($1::bigint::int, hashtext(current_schema()))", Self.lock)
    }

    func enqueue(_ run: Run) throws {
        try self.run(
            """
            WITH first AS (
                SELECT CASE WHEN EXISTS (SELECT FROM queue_runs WHERE account = $2 AND conversation = $4)
                    THEN 0 ELSE 1 END AS ready
            ), lane AS (
                INSERT INTO queue_lanes (account, agent, turn, waiting, ready, given, gone)
                SELECT $2, $3, 0, 1, ready, 1, 0 FROM first
                ON CONFLICT (account, agent) DO UPDATE SET waiting = queue_lanes.waiting + 1,
                    ready = queue_lanes.ready + excluded.ready, given = queue_lanes.given + 1
                RETURNING given
            ), counted AS (
                UPDATE queue_accounts SET waiting = waiting + 1, ready = queue_accounts.ready + first.ready
                FROM first WHERE account = $2
            )
            INSERT INTO queue_runs (run, account, agent, conversation, number, state, turns)
            SELECT $1, $2, $3, $4, lane.given, first.ready, 0 FROM lane, first
            """,
            run.id, run.account, run.agent, run.conversation)
    }

    func takeTurns(_ room: QueueRoom, under lease: Int64) throws -> [QueueTurn] {
        try lockQueue()
        var room = room
        var turns: [ID: Int] = [:]
        var order: [ID] = []
        while room.turns > 0, let next = try takeTurn(but: room.full) {
            room.take(for: next.account)
            turns[next.run] = next.number
            order.append(next.run)
        }
        guard !order.isEmpty else { return [] }
        let runs = try all(
            """
            UPDATE runs SET status = 'running', lease = $2 WHERE id = ANY($1::uuid[]) AND status = 'queued'
            RETURNING \(Self.runColumnsButAnswer), ''
            """,
            Series(.uuid, order), lease, read: Self.readRun)
        let taken = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, $0) })
        // The conversations of those that are not there were removed.
        for id in order where taken[id] == nil { try leaveQueue(id) }
        return order.compactMap { id in taken[id].map { QueueTurn(run: $0, number: turns[id] ?? 1) } }
    }

    private func takeTurn(but full: [ID]) throws -> (account: ID, run: ID, number: Int)? {
        let account = try first(
            """
            SELECT account FROM queue_accounts WHERE ready > 0 AND account <> ALL($1::uuid[])
            ORDER BY turn LIMIT 1 FOR NO KEY UPDATE
            """,
            Series(.uuid, full)
        ) { try $0.id() }
        guard let account else { return nil }
        return try first(Self.turnStatement, account, QueueState.taken) {
            (account: account, run: try $0.id(), number: try $0.count())
        }
    }

    static let turnStatement = """
        WITH lane AS (
            SELECT agent FROM queue_lanes WHERE account = $1 AND ready > 0 ORDER BY turn LIMIT 1
        ), next AS (
            SELECT run, account, agent FROM queue_runs
            WHERE account = $1 AND agent = (SELECT agent FROM lane) AND state = 1 ORDER BY number LIMIT 1
        ), of_account AS (
            UPDATE queue_accounts SET waiting = waiting - 1, ready = ready - 1,
                turn = (SELECT max(turn) + 1 FROM queue_accounts)
            FROM next WHERE queue_accounts.account = next.account
        ), of_lane AS (
            UPDATE queue_lanes SET waiting = waiting - 1, ready = ready - 1, gone = gone + 1,
                turn = (SELECT max(turn) + 1 FROM queue_lanes WHERE account = $1)
            FROM next WHERE queue_lanes.account = next.account AND queue_lanes.agent = next.agent
        )
        UPDATE queue_runs SET state = $2::bigint, turns = turns + 1 FROM next WHERE queue_runs.run = next.run
        RETURNING queue_runs.run, queue_runs.turns
        """

    func returnTurn(of id: ID, countsAttempt: Bool) throws {
        try lockQueue()
        try run(
            """
            SELECT FROM queue_accounts WHERE account = (SELECT account FROM queue_runs WHERE run = $1)
            FOR NO KEY UPDATE
            """,
            id)
        try run(
            """
            WITH back AS (
                UPDATE queue_runs SET state = 1, turns = turns - $2::bigint WHERE run = $1 AND state = 2
                RETURNING account, agent
            ), of_account AS (
                UPDATE queue_accounts SET waiting = waiting + 1, ready = ready + 1
                FROM back WHERE queue_accounts.account = back.account
            ), of_lane AS (
                UPDATE queue_lanes SET waiting = waiting + 1, ready = ready + 1, gone = gone - 1
                FROM back WHERE queue_lanes.account = back.account AND queue_lanes.agent = back.agent
            )
            UPDATE runs SET status = 'queued', lease = 0 WHERE id = $1 AND status = 'running'
            """,
            id, countsAttempt ? 0 : 1)
    }

    func leaveQueue(_ id: ID) throws {
        try lockQueue()
        if let place = try place(of: id) { try remove(place) }
    }

    func withdraw(_ id: ID) throws -> Bool {
        try lockQueue()
        guard let place = try place(of: id), place.state != QueueState.taken else { return false }
        try remove(place)
        return true
    }

    func turnsTaken(by id: ID) throws -> Int? {
        try place(of: id).map { Int($0.turns) }
    }

    func queuePlace(of id: ID) throws -> Int? {
        try first(
            """
            WITH own AS (
                SELECT run.account, run.agent, greatest(1, run.number - gone) AS place
                FROM queue_runs AS run JOIN queue_lanes USING (account, agent) WHERE run = $1 AND state <> 2
            ), ofaccount AS (
                SELECT own.account, own.place + (
                    SELECT coalesce(sum(least(waiting, own.place)), 0)::bigint FROM queue_lanes AS other
                    WHERE other.account = own.account AND other.agent <> own.agent AND waiting > 0
                ) AS place FROM own
            )
            SELECT place + (
                SELECT coalesce(sum(least(waiting, ofaccount.place)), 0)::bigint FROM queue_accounts AS other
                WHERE other.account <> ofaccount.account AND waiting > 0
            ) FROM ofaccount
            """,
            id
        ) { try $0.count() }
    }

    func queueLength() throws -> Int {
        try first("SELECT coalesce(sum(waiting), 0)::bigint FROM queue_accounts") { try $0.count() } ?? 0
    }

    /// What comes after it sees all that was there when the account's row was free.
    func queueLength(account: ID) throws -> (own: Int, all: Int) {
        try run(
            """
            INSERT INTO queue_accounts (account, turn, waiting, ready) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING
            """,
            account)
        return try first(
            """
            SELECT waiting, (SELECT sum(waiting)::bigint FROM queue_accounts) FROM queue_accounts
            WHERE account = $1 FOR NO KEY UPDATE
            """,
            account
        ) { (own: try $0.count(), all: try $0.count()) } ?? (0, 0)
    }
}

extension Rows {
    /// A run's row in the queue.
    private struct Place {
        static let columns = "run, account, agent, conversation, state, turns"

        var run: ID
        var account: ID
        var agent: String
        var conversation: String
        var state: Int64
        var turns: Int64

        init(_ row: inout Columns) throws {
            run = try row.id()
            account = try row.id()
            (agent, conversation) = (try row.text(), try row.text())
            (state, turns) = (try row.integer(), try row.integer())
        }
    }

    private func place(of id: ID) throws -> Place? {
        try first("SELECT \(Place.columns) FROM queue_runs WHERE run = $1", id, read: Place.init)
    }

    /// Takes a run out; the next of its conversation is ready, if this was the first. Nobody puts another one there
    /// meanwhile: the account's row is locked first.
    private func remove(_ place: Place) throws {
        let isWaiting = place.state != QueueState.taken
        try run(
            "UPDATE queue_accounts SET waiting = waiting - $2::bigint, ready = ready - $3::bigint WHERE account = $1",
            place.account, isWaiting ? 1 : 0, place.state == 1 ? 1 : 0)
        if isWaiting {
            try run(
                """
                UPDATE queue_lanes SET waiting = waiting - 1, ready = ready - $3::bigint, gone = gone + 1
                WHERE account = $1 AND agent = $2
                """,
                place.account, place.agent, place.state == 1 ? 1 : 0)
        }
        try run("DELETE FROM queue_runs WHERE run = $1", place.run)
        try run(
            """
            WITH next AS (
                SELECT run, state FROM queue_runs WHERE account = $1 AND conversation = $2 ORDER BY number LIMIT 1
            ), ready AS (
                UPDATE queue_runs SET state = 1 FROM next WHERE queue_runs.run = next.run AND next.state = 0
                RETURNING queue_runs.account, queue_runs.agent
            ), of_lane AS (
                UPDATE queue_lanes SET ready = queue_lanes.ready + 1
                FROM ready WHERE queue_lanes.account = ready.account AND queue_lanes.agent = ready.agent
            )
            UPDATE queue_accounts SET ready = queue_accounts.ready + 1
            FROM ready WHERE queue_accounts.account = ready.account
            """,
            place.account, place.conversation)
    }
}
