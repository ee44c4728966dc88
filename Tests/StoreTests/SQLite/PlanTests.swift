import Domain
import Testing

@testable import SQLiteStore

/// What SQLite does for a statement: rows must be found by an index that has them in their order.
@Suite("Plans of statements")
struct PlanTests {
    private func plan(of sql: String) async throws -> [String] {
        try await SQLiteStore(inMemory: ()).read { rows in
            let rows = try #require(rows as? Rows)
            return try rows.all("EXPLAIN QUERY PLAN \(sql)") { row in
                for _ in 0..<3 { _ = try row.integer() }
                return try row.text()
            }
        }
    }

    @Test("A page of a conversation's runs is found by its index", arguments: [true, false], [true, false])
    func page(newestFirst: Bool, isIncluded: Bool) async throws {
        let page = RunPage(
            account: Story.harbour.id, conversation: "counter", limit: 5, bytes: 1000, newestFirst: newestFirst,
            start: (Story.id(10), isIncluded))
        let side = newestFirst ? "<" : ">"
        #expect(
            try await plan(of: Rows.pageStatement(page)) == [
                "SEARCH runs USING INDEX runs_by_conversation (account=? AND conversation=? AND id\(side)?)"
            ])
    }

    @Test("The newest runs are found by an index, of all and of one status")
    func list() async throws {
        let all = try await plan(of: Rows.listStatement(isByStatus: false))
        #expect(all == ["SCAN runs USING INDEX sqlite_autoindex_runs_1"])
        let some = try await plan(of: Rows.listStatement(isByStatus: true))
        #expect(some == ["SEARCH runs USING INDEX runs_by_status (status=?)"])
    }

    @Test("Old claims are found by their time")
    func claims() async throws {
        let lines = try await plan(of: Rows.forgetStatement)
        #expect(lines.contains { $0.contains("idempotency_claims_to_forget (created_at<?)") })
        #expect(!lines.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") })
    }

    @Test("Records of the shop are found by an index that has them in their order", arguments: [true, false])
    func records(newestFirst: Bool) async throws {
        func plan(_ change: (inout RecordPage) -> Void) async throws -> [String] {
            var page = RecordPage(account: nil)
            page.newestFirst = newestFirst
            change(&page)
            return try await self.plan(of: Rows.search("purchase", page, #require(page.range)).sql)
        }
        let plans: [(index: String, plan: [String])] = [
            ("sqlite_autoindex_shop_records_1", try await plan { _ in }),
            ("shop_records_by_account", try await plan { $0.account = Story.harbour.id }),
            ("shop_records_by_parent", try await plan { $0.parent = Story.id(9) }),
        ]
        for (index, plan) in plans {
            #expect(plan.count == 1 && plan[0].contains("USING INDEX \(index) ("), "\(plan)")
        }
    }

    @Test(
        "Of a shelf no more records are read than fit on the page", arguments: [["open"], ["open", "done", "lost"]])
    func shelves(_ shelves: [String]) async throws {
        for account in [nil, Story.harbour.id] {
            var page = RecordPage(account: account)
            page.shelves = shelves
            let plan = try await plan(of: Rows.search("purchase", page, #require(page.range)).sql)
            #expect(
                plan.contains { $0.contains("COVERING INDEX shop_records_by_shelf (kind=? AND shelf=?") }, "\(plan)")
            #expect(plan.contains { $0.contains("sqlite_autoindex_shop_records_1 (kind=? AND id=?)") }, "\(plan)")
        }
    }

    @Test("What is due, old, or about a transfer is found by its index")
    func shop() async throws {
        let due = try await plan(of: Rows.dueStatement)
        #expect(due == ["SEARCH shop_records USING INDEX shop_records_due (kind=? AND due_at<?)"])
        let old = try await plan(of: Rows.removeStatement)
        #expect(old.contains { $0.contains("shop_records_by_shelf (kind=? AND shelf=?)") }, "\(old)")
        #expect(!old.contains { $0.hasPrefix("SCAN") })
        let about = try await plan(of: Rows.aboutStatement(Choice((1...16).map(Story.id))))
        #expect(about.contains { $0.contains("shop_transfers_by_id (account=? AND id=?)") }, "\(about)")
        #expect(about.contains { $0.contains("shop_transfers_by_hold (account=? AND pending=?)") }, "\(about)")
    }
}
