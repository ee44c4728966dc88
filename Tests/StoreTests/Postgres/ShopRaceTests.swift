import Domain
import Ledger
import Testing

@testable import PostgresStore

@Suite("Servers that sell to the same account", .timeLimit(.minutes(2)))
struct ShopRaceTests {
    @Test("Books are one server's at a time, from the first time on, and other accounts' are free")
    func books() async throws {
        try await TestSchema.with { store, _ in
            for sequence in Int64(0)...1 {
                try await store.write { rows in
                    var head = try rows.lockBook(of: Story.harbour.id)
                    #expect(head.sequence == sequence)
                    try OtherCaller.write(to: store) { other in
                        let head = try other.lockBook(of: Story.bakery.id)
                        #expect(head == BookHead())
                    }
                    let refusal = #expect(throws: (any Error).self) {
                        try OtherCaller.write(to: store) { other in
                            try other.run("SET LOCAL lock_timeout = 10")
                            _ = try other.lockBook(of: Story.harbour.id)
                        }
                    }
                    #expect(refusal != nil)
                    head.sequence += 1
                    try rows.set(head, of: Story.harbour.id)
                }
            }
        }
    }

    @Test("What another takes at this moment is passed over, and not waited for")
    func due() async throws {
        try await TestSchema.with { store, _ in
            try await store.write { rows in
                for number in UInt64(10)...13 { try rows.insert(Story.due(number, at: Int(number))) }
            }
            let take: @Sendable (any Transaction) throws -> [ID] = { rows in
                try rows.takeDue(kind: "purchase", at: Story.later(20), until: Story.later(60), limit: 2).map(\.id)
            }
            try await store.write { rows in
                let taken = try take(rows)
                #expect(taken == [Story.id(10), Story.id(11)])
                try OtherCaller.write(to: store) { other in
                    let rest = try take(other)
                    #expect(rest == [Story.id(12), Story.id(13)])
                    let none = try take(other)
                    #expect(none == [])
                }
            }
        }
    }

    @Test("A change over a version that is gone is told of as soon as it matters")
    func changed() async throws {
        try await TestSchema.with { store, _ in
            var next = Story.record(10)
            next.version = 2
            let change = next
            try await store.write { rows in
                try rows.insert(Story.record(10))
                _ = try rows.update(change)
            }
            let passes = Passes()
            let isChanged = try await store.write { rows in
                _ = passes.begin()
                try rows.raiseRevision()
                return try rows.update(change)
            }
            #expect(!isChanged && passes.count == 2)
            let refusal = await #expect(throws: Refusal.self) {
                try await store.write { rows in
                    let isChanged = try rows.update(change)
                    if !isChanged { throw Refusal(.conflict, "Somebody else did.") }
                }
            }
            #expect(refusal?.reason == .conflict)
        }
    }

    @Test("A purchase waits for its answer once: for the books")
    func statements() async throws {
        try await TestSchema.with { store, _ in
            let account = Story.harbour.id
            let buy: @Sendable (any Transaction) throws -> Void = { rows in
                var head = try rows.lockBook(of: account)
                head.sequence += 1
                head.eventSequence += 1
                var change = Story.record(UInt64(10 + head.sequence))
                try rows.insert(change)
                change.version = 2
                _ = try rows.update(change)
                try rows.append([Story.entry(head.sequence)])
                try rows.put([(.wallet("ana"), account, Balance()), (.budget("day"), account, Balance())])
                try rows.append([Story.news(head.eventSequence)])
                try rows.set(head, of: account)
            }
            try await store.write(buy)
            let before = store.statementCount
            try await store.write(buy)
            #expect(store.statementCount - before == 9, "with BEGIN and COMMIT")
        }
    }
}
