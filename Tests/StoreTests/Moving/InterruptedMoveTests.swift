import Domain
import PostgresStore
import SQLiteStore
import Testing

@Suite("An interrupted move")
struct InterruptedMoveTests {
    @Test("It goes on from any transaction, whether that was kept or not", arguments: [false, true])
    func anywhere(keepsLast: Bool) async throws {
        try await Moving.with { moving in
            // Each attempt comes one transaction further than the one before.
            var attempts = 0
            do {
                while try await moving.falter(after: keepsLast ? 1 : 2, keepsLast: keepsLast) { attempts += 1 }
            } catch let refusal as Refusal {
                #expect(keepsLast && refusal.message.contains("has finished"))
            }
            #expect(attempts > 10)
            #expect(try await moving.isComplete())
        }
        for count in stride(from: 1, to: 30, by: 4) {
            try await Moving.with { moving in
                let isLost = try await moving.falter(after: count, keepsLast: keepsLast)
                if isLost { try await moving.move() }
                #expect(moving.news.contains(.resumes) == isLost)
                #expect(!moving.news.contains(.beginsAnew))
                #expect(try await moving.isComplete())
            }
        }
    }

    @Test("No server opens the target until it has finished")
    func closed() async throws {
        try await Moving.with { moving in
            #expect(try await moving.falter(after: 3))
            let refusal = await #expect(throws: Refusal.self) { _ = try await PostgresStore(url: moving.schema.url) }
            #expect(refusal?.reason == .conflict && refusal?.message.contains("rialto migrate") == true)
            try await moving.move()
            let opened = try await PostgresStore(url: moving.schema.url)
            #expect(try await opened.read { try $0.revision() } == 1)
            try opened.close()
        }
    }

    @Test("It goes on with what has been added to the source meanwhile")
    func added() async throws {
        try await Moving.with { moving in
            #expect(try await moving.falter(after: 20))
            let late = Story.run(99)
            try await moving.source.write { try $0.insert(late) }
            try await moving.move()
            #expect(!moving.news.contains(.beginsAnew))
            #expect(try await moving.target.read { try $0.run(id: late.id) } == late)
        }
    }

    @Test("It begins from the start where copied rows have changed, or are gone, in the source")
    func changed() async throws {
        let changes: [@Sendable (any Transaction) throws -> Void] = [
            { try $0.removeClient(id: Story.till.id) }, { try $0.raiseRevision() },
        ]
        for change in changes {
            try await Moving.with { moving in
                #expect(try await moving.falter(after: 20))
                try await moving.source.write(change)
                try await moving.move()
                #expect(moving.news.contains(.resumes) && moving.news.contains(.beginsAnew))
                #expect(try await moving.isComplete())
            }
        }
    }

    @Test("Only the same source goes on with it, unless all is thrown away")
    func other() async throws {
        try await Moving.with { moving in
            #expect(try await moving.falter(after: 20))
            let other = try SQLiteStore(inMemory: ())
            try await other.write { try $0.insert(Story.bakery) }
            let refusal = await #expect(throws: Refusal.self) {
                try await Move(from: other, to: moving.target).run()
            }
            #expect(refusal?.message.contains("other data") == true)
            _ = try await Move(from: other, to: moving.target).run(isAnew: true)
            #expect(try await moving.target.read { try $0.accounts() } == [Story.bakery])
            #expect(try await moving.target.read { try $0.agents() } == [])
        }
    }

    @Test(
        "What somebody has changed in the target is noticed, by the table's name",
        arguments: [
            ("agents", "UPDATE agents SET temperature = 0.5 WHERE code = 'pilot'"),
            ("run_events", "UPDATE run_events SET body = body || 'x' WHERE sequence = 1"),
            ("file_chunks", "UPDATE file_chunks SET bytes = set_byte(bytes, 4000, 1 + get_byte(bytes, 4000) % 200)"),
            ("runs", "UPDATE runs SET finish_reason = NULL"),
            ("clients", "DELETE FROM clients"),
            ("accounts", "INSERT INTO accounts VALUES (gen_random_uuid(), 'stranger', 1)"),
        ])
    func tampered(table: String, sql: String) async throws {
        try await Moving.with { moving in
            // All is copied, but not compared.
            let tables = try await moving.source.read { try $0.tables() }
            var count = 1
            for table in tables {
                let rows = try await moving.source.read { rows in
                    try rows.rows(of: table, after: nil, limit: 100, bytes: .max)
                }
                count += (rows.count + 1) / 2
            }
            #expect(try await moving.falter(after: count))
            try await PostgresServer.run(sql, at: moving.schema.url)
            let refusal = await #expect(throws: Refusal.self) { try await moving.move() }
            #expect(refusal?.reason == .conflict && refusal?.message.contains("table \(table) ") == true)
            await #expect(throws: Refusal.self, "a server is kept away") {
                _ = try await PostgresStore(url: moving.schema.url)
            }
            try await moving.move(isAnew: true)
            #expect(try await moving.isComplete())
        }
    }
}
