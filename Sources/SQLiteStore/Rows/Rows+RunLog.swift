import Domain
import GRDBSQLite

extension Rows: RunLogRows {
    func append(_ events: [(run: ID, event: RunEvent)]) throws {
        var rest = events[...]
        for count in Self.insertCounts {
            while rest.count >= count {
                try insert(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Rows of one INSERT: few sizes, so that each stays prepared, and powers of two, so that few are needed.
    private static let insertCounts = (0...10).reversed().map { 1 << $0 }
    private static let insertStatements = Dictionary(
        uniqueKeysWithValues: insertCounts.map { count in
            let rows = repeatElement("(?,?,?,?,?)", count: count).joined(separator: ",")
            return (count, "INSERT INTO run_events (run, sequence, at, kind, body) VALUES \(rows)")
        })

    private func insert(_ events: ArraySlice<(run: ID, event: RunEvent)>) throws {
        let statement = try Prepared(Self.insertStatements[events.count] ?? "", in: database)
        defer { statement.reset() }
        var place: Int32 = 1
        for (run, event) in events {
            try statement.check(run.bind(to: statement.pointer, at: place))
            try statement.check(event.sequence.bind(to: statement.pointer, at: place + 1))
            try statement.check(event.at.bind(to: statement.pointer, at: place + 2))
            try statement.check(event.kindNumber.bind(to: statement.pointer, at: place + 3))
            try statement.check(event.body().bind(to: statement.pointer, at: place + 4))
            place += 5
        }
        while try statement.step() {}
    }

    func events(of run: ID, after sequence: Int64, limit: Int, bytes: Int) throws -> [RunEvent] {
        try all(
            """
            SELECT sequence, at, kind, body FROM run_events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?
            """,
            run, sequence, max(limit, 0), bytes: bytes
        ) { row in
            try RunEvent(
                sequence: try row.integer(), at: try row.moment(), kindNumber: try row.integer(), body: try row.text())
        }
    }

    func newestSequences(of runs: [ID]) throws -> [ID: Int64] {
        var newest: [ID: Int64] = [:]
        for run in runs {
            newest[run] =
                try first("SELECT max(sequence) FROM run_events WHERE run = ?", run) { row in
                    try row.optional { try $0.integer() }
                } ?? nil
        }
        return newest
    }

    func raiseReserved(of run: ID, to sequence: Int64) throws {
        try self.run("UPDATE runs SET reserved = max(reserved, ?) WHERE id = ?", sequence, run)
    }

    func eventCount(of run: ID) throws -> Int {
        try first("SELECT count(*) FROM run_events WHERE run = ?", run) { try $0.count() } ?? 0
    }
}
