import Domain

extension Rows: UploadTicketRows {
    func insert(_ ticket: UploadTicket) throws {
        try run(
            """
            INSERT INTO upload_tickets (id, account, principal, filename, source, created_at, expires_at, is_used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            ticket.id, ticket.account, ticket.principal, ticket.filename, ticket.slug, ticket.createdAt,
            ticket.expiresAt, ticket.isUsed)
    }

    func uploadTicket(id: ID) throws -> UploadTicket? {
        try first(
            """
            SELECT id, account, principal, filename, source, created_at, expires_at, is_used FROM upload_tickets
            WHERE id = ?
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
        try run("UPDATE upload_tickets SET is_used = 1 WHERE id = ? AND is_used = 0", id) == 1
    }

    func giveBackUploadTicket(id: ID) throws {
        try run("UPDATE upload_tickets SET is_used = 0 WHERE id = ?", id)
    }

    func forgetUploadTickets(before moment: Timestamp, limit: Int) throws -> Int {
        try run(
            """
            DELETE FROM upload_tickets WHERE id IN (
                SELECT id FROM upload_tickets WHERE created_at < ? ORDER BY created_at LIMIT ?
            )
            """,
            moment, max(limit, 0))
    }
}

extension Rows: RateRows {
    func rateWindow(named name: String) throws -> [UInt8]? {
        try first("SELECT slots FROM rate_windows WHERE name = ?", name) { try $0.blob() }
    }

    func put(rateWindow: [UInt8], named name: String, until: Timestamp) throws {
        try run(
            """
            INSERT INTO rate_windows (name, slots, until) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET slots = excluded.slots, until = excluded.until
            """,
            name, rateWindow, until)
    }

    func forgetRateWindows(before moment: Timestamp, limit: Int) throws -> Int {
        try run(
            """
            DELETE FROM rate_windows WHERE name IN (
                SELECT name FROM rate_windows WHERE until < ? ORDER BY until LIMIT ?
            )
            """,
            moment, max(limit, 0))
    }
}
