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
}
