import Domain
import Testing

@Suite("Rows of any table")
struct TableRowTests {
    private func table(_ name: String, _ store: any Store) async throws -> StoredTable {
        try await store.read { rows in try #require(try rows.tables().first { $0.name == name }) }
    }

    @Test("Tables come after those they refer to, with columns and key", arguments: Backend.all)
    func tables(_ backend: Backend) async throws {
        try await backend.with { store in
            let tables = try await store.read { try $0.tables() }
            let names = tables.map(\.name)
            #expect(names.contains("revision") && names.contains("run_events"))
            #expect(!names.contains("leases") && !names.contains("master_key"), "they hold for this store alone")
            let files = try #require(names.firstIndex(of: "files"))
            #expect(files < names.firstIndex(of: "file_chunks") ?? 0)
            let claims = try await table("idempotency_claims", store)
            #expect(claims.key == ["principal", "path", "key"])
            #expect(claims.columns.map(\.name).prefix(4) == ["principal", "path", "key", "fingerprint"])
        }
    }

    @Test("Rows come page by page in the order of their keys' bytes", arguments: Backend.all)
    func pages(_ backend: Backend) async throws {
        let names = ["", "a", "B", "é", "ab", "𝄞", "a\u{1}", "Z", "!"]
        try await backend.with { store in
            try await store.write { rows in
                for name in names { try rows.touch(Story.conversation(name)) }
                try rows.touch(Story.conversation("b", of: Story.bakery))
            }
            let table = try await table("conversations", store)
            var found: [[StoredValue]] = []
            var pages: [Int] = []
            while true {
                let page = try await store.read { [last = found.last] rows in
                    try rows.rows(of: table, after: last.map(table.key), limit: 4, bytes: .max)
                }
                if page.isEmpty { break }
                pages.append(page.count)
                found += page
            }
            #expect(pages == [4, 4, 2])
            let place = try #require(table.columns.firstIndex { $0.name == "id" })
            let sorted = names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(found.map { $0[place] } == (sorted + [Array("b".utf8)]).map { .bytes($0) })
        }
    }

    @Test("A page ends before the bytes that are too much, but holds one row", arguments: Backend.all)
    func bytes(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.file(30))
                for number in 0..<5 {
                    try rows.append(chunk: [UInt8](repeating: 1, count: 1000), number: number, to: Story.id(30))
                }
            }
            let table = try await table("file_chunks", store)
            for (bytes, count) in [(0, 1), (999, 1), (2999, 2), (1 << 20, 5)] {
                let page = try await store.read { try $0.rows(of: table, after: nil, limit: 9, bytes: bytes) }
                #expect(page.count == count, "\(bytes) bytes")
            }
        }
    }

    @Test("Every kind of value is the same in every store", arguments: Backend.all)
    func values(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                _ = try rows.insert(Story.pilot)
                _ = try rows.insert(Story.clerk)
                try rows.insert(Story.file(30, isComplete: true))
                try rows.append(chunk: [], number: 0, to: Story.id(30))
            }
            let agents = try await rows(of: "agents", store)
            #expect(agents["code"] == [.bytes(Array("pilot".utf8)), .bytes(Array("clerk".utf8))])
            #expect(agents["account"]?.first == .bytes(Story.harbour.id.bytes))
            #expect(agents["temperature"] == [.real(0.25), .null])
            #expect(agents["max_output_tokens"] == [.integer(800), .null])
            #expect(agents["instructions"] == [.bytes(Array("Keep ships off the rocks. ⚓️".utf8)), .null])
            #expect(try await rows(of: "files", store)["is_complete"] == [.integer(1)])
            #expect(try await rows(of: "file_chunks", store)["bytes"] == [.bytes([])])
        }
    }

    @Test("A moment is told in seconds since 1970", arguments: Backend.all)
    func moments(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.run(10))
                try rows.noteFollowed([Story.id(10)], seconds: 1000)
            }
            let followed = try await rows(of: "runs", store)["followed_until"]
            guard case .integer(let seconds)? = followed?.first else {
                Issue.record("\(String(describing: followed))")
                return
            }
            // Some day between now, whenever that is, and the year 2100.
            #expect(seconds > 1_750_000_000 && seconds < 4_102_444_800)
        }
    }

    @Test("The largest number given is known after its row is gone", arguments: Backend.all)
    func numbers(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                _ = try rows.insert(Story.pilot)
                _ = try rows.insert(Story.clerk)
                try rows.removeAgent(code: Story.clerk.code)
                try rows.endLease(rows.takeLease(seconds: 10))
            }
            let given = try await store.read { try $0.numbersGiven() }
            #expect(given["agents"] == 2 && given["leases"] == 1)
        }
    }

    private func rows(of name: String, _ store: any Store) async throws -> [String: [StoredValue]] {
        let table = try await table(name, store)
        let rows = try await store.read { try $0.rows(of: table, after: nil, limit: 100, bytes: .max) }
        return Dictionary(
            uniqueKeysWithValues: table.columns.enumerated().map { place, column in
                (column.name, rows.map { $0[place] })
            })
    }
}
