import Domain

/// States of a run in the queue.
private enum QueueState {
    static let waiting: Int64 = 0
    static let ready: Int64 = 1
    static let taken: Int64 = 2
}

extension Rows: QueueRows {
    func enqueue(_ run: Run) throws {
        let isFirst =
            try first(
                "SELECT 1 FROM queue_runs WHERE account = ? AND conversation = ? LIMIT 1", run.account,
                run.conversation
            ) { try $0.integer() } == nil
        let ready = isFirst ? 1 : 0
        try self.run(
            """
            INSERT INTO queue_accounts (account, turn, waiting, ready) VALUES (?, 0, 1, ?)
            ON CONFLICT (account) DO UPDATE SET waiting = waiting + 1, ready = ready + excluded.ready
            """,
            run.account, ready)
        try self.run(
            """
            INSERT INTO queue_lanes (account, agent, turn, waiting, ready, given, gone) VALUES (?, ?, 0, 1, ?, 1, 0)
            ON CONFLICT (account, agent)
            DO UPDATE SET waiting = waiting + 1, ready = ready + excluded.ready, given = given + 1
            """,
            run.account, run.agent, ready)
        try self.run(
            """
            INSERT INTO queue_runs (run, account, agent, conversation, number, state, turns)
            SELECT ?, account, agent, ?, given, ?, 0 FROM queue_lanes WHERE account = ? AND agent = ?
            """,
            run.id, run.conversation, ready, run.account, run.agent)
    }

    func takeTurns(_ room: QueueRoom, under lease: Int64) throws -> [QueueTurn] {
        var room = room
        var turns: [QueueTurn] = []
        while room.turns > 0, let next = try nextTurn(but: room.full) {
            room.take(for: next.account)
            try count(next, waiting: -1, ready: -1, gone: 1)
            try run(
                "UPDATE queue_accounts SET turn = (SELECT max(turn) + 1 FROM queue_accounts) WHERE account = ?",
                next.account)
            try run(
                """
                UPDATE queue_lanes SET turn = (SELECT max(turn) + 1 FROM queue_lanes WHERE account = ?1)
                WHERE account = ?1 AND agent = ?2
                """,
                next.account, next.agent)
            try run(
                "UPDATE queue_runs SET state = ?, turns = turns + 1 WHERE run = ?", QueueState.taken, next.run)
            let taken = try first(
                """
                UPDATE runs SET status = 'running', lease = ? WHERE id = ? AND status = 'queued'
                RETURNING \(Self.runColumnsButAnswer), ''
                """,
                lease, next.run, read: Self.readRun)
            if let taken {
                turns.append(QueueTurn(run: taken, number: Int(next.turns) + 1))
            } else {
                // Its conversation was removed.
                try leaveQueue(next.run)
            }
        }
        return turns
    }

    private func nextTurn(but full: [ID]) throws -> Place? {
        let account = try first(
            """
            SELECT account FROM queue_accounts
            WHERE ready > 0 AND lower(hex(account)) NOT IN (SELECT value FROM json_each(?)) ORDER BY turn LIMIT 1
            """,
            full.map { $0.uuid.replacing("-", with: "") }.storedJSON()
        ) { try $0.id() }
        guard let account else { return nil }
        let agent = try first(
            "SELECT agent FROM queue_lanes WHERE account = ? AND ready > 0 ORDER BY turn LIMIT 1", account
        ) { try $0.text() }
        guard let agent else { return nil }
        return try first(
            """
            SELECT \(Place.columns) FROM queue_runs WHERE account = ? AND agent = ? AND state = 1
            ORDER BY number LIMIT 1
            """,
            account, agent, read: Place.init)
    }

    func returnTurn(of id: ID, countsAttempt: Bool) throws {
        guard let place = try place(of: id), place.state == QueueState.taken else { return }
        try run("UPDATE runs SET status = 'queued', lease = 0 WHERE id = ? AND status = 'running'", id)
        try run(
            "UPDATE queue_runs SET state = ?, turns = turns - ? WHERE run = ?", QueueState.ready,
            countsAttempt ? 0 : 1, id)
        try count(place, waiting: 1, ready: 1, gone: -1)
    }

    func leaveQueue(_ id: ID) throws {
        if let place = try place(of: id) { try remove(place) }
    }

    func withdraw(_ id: ID) throws -> Bool {
        guard let place = try place(of: id), place.state != QueueState.taken else { return false }
        try remove(place)
        return true
    }

    func turnsTaken(by id: ID) throws -> Int? {
        try place(of: id).map { Int($0.turns) }
    }

    func queuePlace(of id: ID) throws -> Int? {
        guard let place = try place(of: id), place.state != QueueState.taken else { return nil }
        let own =
            try first(
                "SELECT max(1, ? - gone) FROM queue_lanes WHERE account = ? AND agent = ?", place.number,
                place.account,
                place.agent
            ) { try $0.integer() } ?? 1
        let ofAccount =
            try first(
                """
                SELECT ?1 + coalesce(sum(min(waiting, ?1)), 0) FROM queue_lanes
                WHERE account = ?2 AND agent <> ?3 AND waiting > 0
                """,
                own, place.account, place.agent
            ) { try $0.integer() } ?? own
        return try first(
            """
            SELECT ?1 + coalesce(sum(min(waiting, ?1)), 0) FROM queue_accounts WHERE account <> ?2 AND waiting > 0
            """,
            ofAccount, place.account
        ) { try $0.count() }
    }

    func queueLength() throws -> Int {
        try first("SELECT coalesce(sum(waiting), 0) FROM queue_accounts") { try $0.count() } ?? 0
    }

    func queueLength(account: ID) throws -> (own: Int, all: Int) {
        let own = try first("SELECT waiting FROM queue_accounts WHERE account = ?", account) { try $0.count() }
        return (own ?? 0, try queueLength())
    }
}

extension Rows {
    /// A run's row in the queue.
    private struct Place {
        static let columns = "run, account, agent, conversation, number, state, turns"

        var run: ID
        var account: ID
        var agent: String
        var conversation: String
        var number: Int64
        var state: Int64
        var turns: Int64

        init(_ row: inout Columns) throws {
            run = try row.id()
            account = try row.id()
            (agent, conversation) = (try row.text(), try row.text())
            (number, state, turns) = (try row.integer(), try row.integer(), try row.integer())
        }
    }

    private func place(of id: ID) throws -> Place? {
        try first("SELECT \(Place.columns) FROM queue_runs WHERE run = ?", id, read: Place.init)
    }

    /// Takes a run out; the next of its conversation is ready, if this was the first.
    private func remove(_ place: Place) throws {
        try run("DELETE FROM queue_runs WHERE run = ?", place.run)
        if place.state != QueueState.taken {
            try count(place, waiting: -1, ready: place.state == QueueState.ready ? -1 : 0, gone: 1)
        }
        let next = try first(
            """
            SELECT \(Place.columns) FROM queue_runs WHERE account = ? AND conversation = ? ORDER BY number LIMIT 1
            """,
            place.account, place.conversation, read: Place.init)
        guard let next, next.state == QueueState.waiting else { return }
        try run("UPDATE queue_runs SET state = ? WHERE run = ?", QueueState.ready, next.run)
        try count(next, waiting: 0, ready: 1, gone: 0)
    }

    /// Moves the numbers of a run's account and lane.
    private func count(_ place: Place, waiting: Int, ready: Int, gone: Int) throws {
        try run(
            "UPDATE queue_accounts SET waiting = waiting + ?, ready = ready + ? WHERE account = ?", waiting, ready,
            place.account)
        try run(
            """
            UPDATE queue_lanes SET waiting = waiting + ?, ready = ready + ?, gone = gone + ?
            WHERE account = ? AND agent = ?
            """,
            waiting, ready, gone, place.account, place.agent)
    }
}
