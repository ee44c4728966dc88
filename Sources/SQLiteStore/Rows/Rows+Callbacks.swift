import Domain

extension Rows: CallbackRows {
    private static let columns = "run, account, key, url, state, attempts, due_at, created_at"

    func insert(_ callback: Callback) throws {
        try run(
            "INSERT INTO callbacks (\(Self.columns), endpoint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            callback.run, callback.account, callback.target.key, callback.target.url, callback.state.rawValue,
            callback.attempts, callback.dueAt, callback.createdAt, callback.endpoint)
    }

    func callback(of run: ID) throws -> Callback? {
        try first("SELECT \(Self.columns) FROM callbacks WHERE run = ?", run, read: Self.read)
    }

    func callbacks(limit: Int, state: Callback.State?) throws -> [Callback] {
        let most = max(limit, 0)
        guard let state else {
            return try all("SELECT \(Self.columns) FROM callbacks ORDER BY run DESC LIMIT ?", most, read: Self.read)
        }
        return try all(
            "SELECT \(Self.columns) FROM callbacks WHERE state = ? ORDER BY run DESC LIMIT ?", state.rawValue, most,
            read: Self.read)
    }

    func callbackIsDue(of run: ID, at moment: Timestamp) throws {
        try self.run(
            """
            UPDATE callbacks SET state = 'due', due_at = ? + due_at - created_at WHERE run = ? AND state = 'waiting'
            """,
            moment, run)
    }

    /// The endpoint that something is due to for the longest time. Looked at is the first callback of each endpoint,
    /// however many there are behind it.
    private static let dueEndpoint = """
        WITH RECURSIVE endpoints (endpoint) AS (
            SELECT min(endpoint) FROM callbacks WHERE state = 'due'
            UNION ALL
            SELECT (
                SELECT min(endpoint) FROM callbacks WHERE state = 'due' AND endpoint > endpoints.endpoint
            ) FROM endpoints WHERE endpoint IS NOT NULL
        )
        SELECT endpoint FROM (
            SELECT endpoint, (
                SELECT min(due_at) FROM callbacks WHERE state = 'due' AND callbacks.endpoint = endpoints.endpoint
            ) AS first FROM endpoints WHERE endpoint IS NOT NULL AND endpoint NOT IN (SELECT value FROM json_each(?2))
        ) AS firsts
        WHERE first <= ?1 AND NOT EXISTS (
            SELECT 1 FROM callback_endpoints WHERE name = endpoint AND paused_until > ?1
        )
        ORDER BY first LIMIT 1
        """

    func isAnyCallbackDue(at moment: Timestamp, busy: [String]) throws -> Bool {
        try first(Self.dueEndpoint, moment, busy.storedJSON()) { try $0.text() } != nil
    }

    func unsentCallbacks() throws -> Int {
        try first("SELECT count(*) FROM callbacks WHERE state = 'due'") { try $0.count() } ?? 0
    }

    func takeCallback(dueAt moment: Timestamp, until: Timestamp, busy: [String]) throws -> Callback? {
        try first(
            """
            UPDATE callbacks SET due_at = ?3, attempts = attempts + 1
            WHERE run = (
                SELECT run FROM callbacks WHERE state = 'due' AND due_at <= ?1 AND endpoint = (\(Self.dueEndpoint))
                ORDER BY due_at LIMIT 1
            )
            RETURNING \(Self.columns)
            """,
            moment, busy.storedJSON(), until, read: Self.read)
    }

    func update(_ callback: Callback) throws {
        try run(
            "UPDATE callbacks SET state = ?, attempts = ?, due_at = ? WHERE run = ?", callback.state.rawValue,
            callback.attempts, callback.dueAt, callback.run)
    }

    func forgetCallbacks(before moment: Timestamp, limit: Int) throws -> Int {
        let old = try all(
            """
            SELECT run FROM callbacks WHERE created_at < ? AND state NOT IN ('waiting', 'due')
            ORDER BY created_at LIMIT ?
            """,
            moment, max(limit, 0)
        ) { try $0.id() }
        for run in old {
            try self.run("DELETE FROM deliveries WHERE run = ?", run)
            try self.run("DELETE FROM callbacks WHERE run = ?", run)
        }
        try run(
            "DELETE FROM callback_endpoints WHERE NOT EXISTS (SELECT 1 FROM callbacks WHERE endpoint = name)")
        return old.count
    }

    private static func read(_ row: inout Columns) throws -> Callback {
        let (run, account) = (try row.id(), try row.id())
        let target = Callback.Target(key: try row.id(), url: try row.text())
        let state: Callback.State = try row.word()
        let attempts = try row.count()
        let dueAt = try row.moment()
        var callback = Callback(run: run, account: account, target: target, createdAt: try row.moment())
        callback.state = state
        callback.attempts = attempts
        callback.dueAt = dueAt
        return callback
    }
}

extension Rows: EndpointRows {
    func put(_ delivery: Delivery) throws {
        try run(
            """
            INSERT OR REPLACE INTO deliveries (run, number, at, milliseconds, status, problem)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            delivery.run, delivery.number, delivery.at, delivery.milliseconds, delivery.status, delivery.problem)
    }

    func deliveries(of run: ID) throws -> [Delivery] {
        try all(
            "SELECT run, number, at, milliseconds, status, problem FROM deliveries WHERE run = ? ORDER BY number", run
        ) { row in
            var delivery = Delivery(run: try row.id(), number: try row.count(), at: try row.moment())
            delivery.milliseconds = try row.optional { try $0.integer() }
            delivery.status = try row.optional { try $0.count() }
            delivery.problem = try row.optional { try $0.text() }
            return delivery
        }
    }

    func endpoint(named name: String) throws -> Endpoint? {
        try first("SELECT name, failures, paused_until FROM callback_endpoints WHERE name = ?", name) { row in
            var endpoint = Endpoint(name: try row.text())
            endpoint.failures = try row.count()
            endpoint.pausedUntil = try row.optional { try $0.moment() }
            return endpoint
        }
    }

    func put(_ endpoint: Endpoint) throws {
        try run(
            "INSERT OR REPLACE INTO callback_endpoints (name, failures, paused_until) VALUES (?, ?, ?)", endpoint.name,
            endpoint.failures, endpoint.pausedUntil)
    }
}
