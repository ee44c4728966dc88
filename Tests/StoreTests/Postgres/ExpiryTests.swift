import Domain
import TestKit
import Testing

/// Leases of several servers on one database.
@Suite("Leases on PostgreSQL") struct ExpiryTests {
    private func withStore(_ body: (any Store) async throws -> Void) async throws {
        try await Backend.postgres.with(body)
    }

    @Test("A lease that nobody renews is over by the database's clock, and the others last")
    func expiry() async throws {
        try await withStore { store in
            let (short, long, holders) = try await store.write { rows in
                let (short, long) = (try rows.takeLease(seconds: 1), try rows.takeLease(seconds: 600))
                return (short, long, try rows.renewLease(long, seconds: 600))
            }
            #expect(holders == 2)
            try await until { try await store.write { try !$0.holdsLease(short) } }
            #expect(try await store.write { try $0.renewLease(short, seconds: 600) } == 0)
            try await store.write { try $0.endExpiredLeases() }
            #expect(try await store.write { try $0.holdsLease(long) })
            #expect(try await store.write { try $0.renewLease(long, seconds: 600) } == 1)
        }
    }

    @Test("Two servers do not end the same run")
    func twoAtOnce() async throws {
        try await withStore { store in
            try await store.write { rows in
                for number: UInt64 in 10...40 { try rows.insert(Story.run(number)) }
            }
            let taken = try await withThrowingTaskGroup(of: [ID].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await store.write { rows in
                            let runs = try rows.abandonedRuns(limit: 100)
                            for run in runs { try rows.end(Story.finished(run, at: 50)) }
                            return runs.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 31)
            #expect(Set(taken).count == 31)
        }
    }
}
