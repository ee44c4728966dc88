import Domain

/// One server owns the file, so that its lease never runs out; a new one ends that of the server before.
extension Rows: LeaseRows {
    func takeLease(seconds: Int) throws -> Int64 {
        try run("DELETE FROM leases")
        try run("INSERT INTO leases DEFAULT VALUES")
        return try first("SELECT number FROM leases") { try $0.integer() } ?? 0
    }

    func renewLease(_ number: Int64, seconds: Int) throws -> Int {
        try holdsLease(number) ? 1 : 0
    }

    func holdsLease(_ number: Int64) throws -> Bool {
        try first("SELECT number FROM leases WHERE number = ?", number) { try $0.integer() } != nil
    }

    func endLease(_ number: Int64) throws {
        try run("DELETE FROM leases WHERE number = ?", number)
    }

    func endExpiredLeases() throws {}
}

extension Rows: AttendanceRows {
    func noteFollowed(_ runs: [ID], seconds: Int) throws {
        for run in runs {
            try self.run("UPDATE runs SET followed_until = unixepoch() + ? WHERE id = ?", seconds, run)
        }
    }

    func isFollowed(run: ID) throws -> Bool {
        try first("SELECT 1 FROM runs WHERE id = ? AND followed_until > unixepoch()", run) { try $0.integer() } != nil
    }
}
