import Domain
import Testing

/// Who holds which runs, who follows them, and the key that a shared store keeps.
@Suite("Leases, attendance and the kept key") struct LeaseRowTests {
    private static func run(_ number: UInt64, under lease: Int64) -> Run {
        var run = Story.run(number)
        run.lease = lease
        return run
    }

    @Test("A lease lasts until it is given back, and its number is never given again", arguments: Backend.all)
    func lease(_ backend: Backend) async throws {
        try await backend.with { store in
            let first = try await store.write { try $0.takeLease(seconds: 3600) }
            #expect(try await store.write { try $0.holdsLease(first) })
            #expect(try await store.write { try $0.renewLease(first, seconds: 3600) } == 1)
            try await store.write { try $0.endLease(first) }
            #expect(try await store.write { try !$0.holdsLease(first) })
            #expect(try await store.write { try $0.renewLease(first, seconds: 3600) } == 0)
            #expect(try await store.write { try $0.takeLease(seconds: 3600) } > first)
        }
    }

    @Test("Runs are abandoned once their lease is over", arguments: Backend.all)
    func abandoned(_ backend: Backend) async throws {
        try await backend.with { store in
            let lease = try await store.write { try $0.takeLease(seconds: 3600) }
            try await store.write { rows in
                for number: UInt64 in 10...12 { try rows.insert(Self.run(number, under: lease)) }
                try rows.end(Story.finished(Self.run(11, under: lease), at: 20))
                try rows.endExpiredLeases()
            }
            #expect(try await store.write { try $0.abandonedRuns(limit: 9) } == [])
            #expect(Set(try await store.read { try $0.runsHeld(under: lease) }) == [Story.id(10), Story.id(12)])
            try await store.write { try $0.endLease(lease) }
            #expect(
                try await store.write { try $0.abandonedRuns(limit: 9) }.map(\.id) == [Story.id(10), Story.id(12)])
            #expect(try await store.write { try $0.abandonedRuns(limit: 1) }.map(\.id) == [Story.id(10)])
        }
    }

    @Test("Runs under way are counted by account and found by conversation", arguments: Backend.all)
    func running(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for account in [Story.harbour, Story.bakery] { try rows.insert(account) }
                try rows.insert(Story.run(10, in: "counter"))
                try rows.insert(Story.run(11, in: "cellar"))
                try rows.insert(Story.run(12, in: "counter", of: Story.bakery))
                try rows.insert(Story.run(13, in: "counter"))
                try rows.end(Story.finished(Story.run(13), at: 20))
            }
            #expect(try await store.write { try $0.countRunning(account: Story.harbour.id) } == 2)
            #expect(try await store.write { try $0.countRunning(account: Story.bakery.id) } == 1)
            let found = try await store.read {
                try $0.unfinishedRuns(account: Story.harbour.id, conversation: "counter")
            }
            #expect(found == [Story.id(10)])
        }
    }

    @Test("Whoever follows a run is counted on for as long as they said", arguments: Backend.all)
    func attendance(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number: UInt64 in 10...12 { try rows.insert(Story.run(number)) }
                try rows.noteFollowed([Story.id(10), Story.id(11), Story.id(99)], seconds: 3600)
                try rows.noteFollowed([Story.id(12)], seconds: 0)
            }
            let followed = try await store.read { rows in
                try [10, 11, 12, 99].filter { try rows.isFollowed(run: Story.id($0)) }
            }
            #expect(followed == [10, 11])
        }
    }

    @Test("The newest event of each run is known", arguments: Backend.all)
    func newest(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number: UInt64 in 10...12 { try rows.insert(Story.run(number)) }
                try rows.append([
                    (Story.id(10), Story.event(0, .started)), (Story.id(10), Story.event(7, .text("seven"))),
                    (Story.id(12), Story.event(0, .started)),
                ])
            }
            let newest = try await store.read { try $0.newestSequences(of: (10...13).map(Story.id)) }
            #expect(newest == [Story.id(10): 7, Story.id(12): 0])
        }
    }

    @Test("The first key that is kept stays", arguments: Backend.all)
    func key(_ backend: Backend) async throws {
        try await backend.with { store in
            #expect(try await store.read { try $0.masterKey() } == nil)
            for byte: UInt8 in [1, 2] {
                try await store.write { try $0.keep(masterKey: Array(repeating: byte, count: 32)) }
            }
            #expect(try await store.read { try $0.masterKey() } == Array(repeating: 1, count: 32))
        }
    }
}
