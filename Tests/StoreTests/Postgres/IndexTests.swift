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

    @Test("Records of the shop are found by an index that has them in their order", arguments: [true, false])
    func records(newestFirst: Bool) async throws {
        func plan(_ change: (inout RecordPage) -> Void) async throws -> String {
            var page = RecordPage(account: nil)
            page.newestFirst = newestFirst
            change(&page)
            return try await self.plan(of: Rows.search("purchase", page, #require(page.range)).sql)
        }
        let plans: [(index: String, plan: String)] = [
            ("shop_records_pkey", try await plan { _ in }),
            ("shop_records_by_account", try await plan { $0.account = Story.harbour.id }),
            ("shop_records_by_parent", try await plan { $0.parent = Story.id(9) }),
            ("shop_records_by_shelf", try await plan { ($0.account, $0.shelves) = (Story.harbour.id, ["open"]) }),
        ]
        for (index, plan) in plans { #expect(plan.contains(index) && !plan.contains("Sort"), "\(plan)") }
        let shelves = try await plan { ($0.account, $0.shelves) = (Story.harbour.id, ["open", "done"]) }
        #expect(!shelves.contains("Seq Scan"), "\(shelves)")
    }

    @Test("What is due, old, or about a transfer is found by its index")
    func shop() async throws {
        let due = try await plan(of: Rows.takeStatement)
        #expect(due.contains("shop_records_due") && !due.contains("Seq Scan"), "\(due)")
        let old = try await plan(of: Rows.removeStatement)
        #expect(old.contains("shop_records_by_shelf") && !old.contains("Seq Scan"), "\(old)")
        let about = try await plan(of: Rows.aboutStatement)
        #expect(about.contains("shop_transfers_by_id") && about.contains("shop_transfers_by_hold"), "\(about)")
    }
}
