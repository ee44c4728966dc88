import Domain

extension Rows: UploadTicketRows {
    func insert(_ ticket: UploadTicket) throws {
        try run(
            """
            INSERT INTO upload_tickets (id, account, principal, filename, source, created_at, expires_at, is_used)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            ticket.id, ticket.account, ticket.principal, ticket.filename, ticket.slug, ticket.createdAt,
            ticket.expiresAt, ticket.isUsed)
    }

    func uploadTicket(id: ID) throws -> UploadTicket? {
        try first(
            """
            SELECT id, account, principal, filename, source, created_at, expires_at, is_used FROM upload_tickets
            WHERE id = $1
            """,
            id
        ) { row in
            let (id, account, principal) = (try row.id(), try row.id(), try row.text())
            var ticket = UploadTicket(
                id: id, account: account, principal: principal, filename: try row.text(),
                target: UploadTicket.Target(slug: try row.text()), createdAt: try row.moment(),
                expiresAt: try row.moment())
            ticket.isUsed = try row.flag()
            return ticket
        }
    }

    func useUploadTicket(id: ID) throws -> Bool {
        try changes("UPDATE upload_tickets SET is_used = true WHERE id = $1 AND NOT is_used", id) == 1
    }

    func giveBackUploadTicket(id: ID) throws {
        try run("UPDATE upload_tickets SET is_used = false WHERE id = $1", id)
    }

    func forgetUploadTickets(before moment: Timestamp, limit: Int) throws -> Int {
        try changes(
            """
            DELETE FROM upload_tickets WHERE id IN (
                SELECT id FROM upload_tickets WHERE created_at < $1 ORDER BY created_at LIMIT $2
            )
            """,
            moment, max(limit, 0))
    }
}

extension Rows: RateRows {
    func rateWindow(named name: String) throws -> [UInt8]? {
        // Two who see none would each begin with their own.
        try run(
            "INSERT INTO rate_windows (name, slots, until) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING", name, [UInt8]())
        return try first("SELECT slots FROM rate_windows WHERE name = $1 FOR UPDATE", name) { try $0.blob() }
    }

    func put(rateWindow: [UInt8], named name: String, until: Timestamp) throws {
        try run(
            """
            UPDATE rate_windows SET slots = $2, until = $3 WHERE name = $1
            """,
            name, rateWindow, until)
    }

    func forgetRateWindows(before moment: Timestamp, limit: Int) throws -> Int {
        try changes(
            """
            DELETE FROM rate_windows WHERE name IN (
                SELECT name FROM rate_windows WHERE until < $1 ORDER BY name LIMIT $2 FOR UPDATE SKIP LOCKED
            )
            """,
            moment, max(limit, 0))
    }
}
