import Domain
import Testing

@testable import PostgresStore

/// What PostgreSQL does for a statement: rows must be found by an index that has them in their order.
@Suite("Plans of statements in PostgreSQL")
struct IndexTests {
    private func plan(of sql: String) async throws -> String {
        let schema = try await TestSchema()
        let store = try await PostgresStore(url: schema.url, connections: 2)
        let count = (1...20).last { sql.contains("$\($0)") } ?? 0
        let values = count == 0 ? "" : "(\(repeatElement("NULL", count: count).joined(separator: ",")))"
        let plan = try await store.write { rows in
            let rows = try #require(rows as? Rows)
            // Values that are not known, and tables that look as if they were large.
            try rows.run("SET LOCAL plan_cache_mode = force_generic_plan")
            try rows.run("SET LOCAL enable_seqscan = off")
            try rows.run("SET LOCAL enable_bitmapscan = off")
            try rows.run("PREPARE planned AS \(sql)")
            return try rows.all("EXPLAIN (COSTS OFF) EXECUTE planned\(values)") { try $0.text() }
        }
        try await Blocking.run { try store.close() }
        await schema.drop()
        return plan.joined(separator: "\n")
    }

    @Test("A page of a conversation's runs is found by its index", arguments: [true, false])
    func page(newestFirst: Bool) async throws {
        let page = RunPage(
            account: Story.harbour.id, conversation: "counter", limit: 5, bytes: 1000, newestFirst: newestFirst,
            start: (Story.id(10), true))
        let plan = try await plan(of: Rows.pageStatement(page))
        #expect(plan.contains("runs_by_conversation"), "\(plan)")
        #expect(!plan.contains("Seq Scan"), "\(plan)")
    }

    @Test("The newest runs are found by an index, of all and of one status")
    func list() async throws {
        let all = try await plan(of: Rows.listStatement(isByStatus: false))
        #expect(all.contains("Index Scan Backward using runs_pkey"), "\(all)")
        let some = try await plan(of: Rows.listStatement(isByStatus: true))
        #expect(some.contains("Index Scan Backward using runs_by_status"), "\(some)")
        #expect(!(all + some).contains("Sort"))
    }

    @Test("Nothing is looked through to find what is past its time, or nobody's")
    func housekeeping() async throws {
        let claims = try await plan(of: Rows.forgetStatement)
        #expect(claims.contains("idempotency_claims_to_forget"), "\(claims)")
        let abandoned = try await plan(of: Rows.abandonedStatement)
        #expect(abandoned.contains("Index Scan using runs_"), "\(abandoned)")
        let trimmed = try await plan(of: Rows.trimStatement)
        #expect(trimmed.contains("runs_to_trim"), "\(trimmed)")
        #expect(!(claims + abandoned + trimmed).contains("Seq Scan on runs"))
    }

    @Test("The end of a run looks at the log only where the run is gone")
    func end() async throws {
        let plan = try await plan(of: Rows.endStatement)
        #expect(plan.contains("One-Time Filter"), "\(plan)")
    }
}
