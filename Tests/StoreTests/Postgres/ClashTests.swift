import Domain
import Foundation
import Synchronization
import Testing

@testable import PostgresStore

@Suite("Work that is in the way of other work", .timeLimit(.minutes(2)))
struct ClashTests {
    private static let (left, right) = (Story.conversation("left"), Story.conversation("right"))

    @Test("Of two in a deadlock one begins again, and both are kept")
    func deadlock() async throws {
        try await TestSchema.with { store, _ in
            try await store.write { rows in
                try rows.touch(Self.left)
                try rows.touch(Self.right)
            }
            let meeting = Meeting(of: 2)
            let passes = Passes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(Self.left, Self.right), (Self.right, Self.left)] {
                    group.addTask {
                        try await store.write { rows in
                            _ = passes.begin()
                            try rows.touch(first)
                            // The lock is taken before the other goes on.
                            _ = try rows.conversation(account: first.account, id: first.id)
                            try meeting.wait()
                            try rows.touch(second)
                            try rows.raiseRevision()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(passes.count == 3)
            #expect(try await store.read { try $0.revision() } == 2)
        }
    }

    @Test("A transaction that cannot be the first is begun again")
    func serialization() async throws {
        try await TestSchema.with { store, _ in
            let passes = Passes()
            try await store.write { rows in
                let pass = passes.begin()
                let rows = try #require(rows as? Rows)
                try rows.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                let seen = try rows.revision()
                if pass == 1 { try OtherCaller.write(to: store) { try $0.raiseRevision() } }
                try rows.run("UPDATE revision SET value = $1", seen + 10)
            }
            #expect(passes.count == 2)
            #expect(try await store.read { try $0.revision() } == 11)
        }
    }

    @Test("A row that somebody made meanwhile is seen when the work runs again")
    func made() async throws {
        try await TestSchema.with { store, _ in
            let meeting = Meeting(of: 2)
            let added = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in [1, 2] as [UInt64] {
                    group.addTask {
                        try await store.write { rows in
                            if try rows.accounts().contains(where: { $0.name == "harbour" }) { return false }
                            try meeting.wait()
                            try rows.insert(Account(id: Story.id(number), name: "harbour", createdAt: Story.morning))
                            return true
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(added.filter { $0 }.count == 1)
            #expect(try await store.read { try $0.accounts().count } == 1)
        }
    }

    @Test("A row that cannot be made twice is the caller's own error, after a second look")
    func twice() async throws {
        try await TestSchema.with { store, _ in
            let fault = await #expect(throws: DatabaseFault.self) {
                try await store.write { rows in
                    try rows.insert(Story.harbour)
                    try rows.insert(Story.harbour)
                }
            }
            #expect(fault?.state == SQLState.notUnique)
            #expect(!store.isFailing)
        }
    }

    @Test("A lock that is not given in time is told as such, and the store goes on")
    func lockTimeout() async throws {
        try await TestSchema.with { store, _ in
            let refusal = await #expect(throws: Refusal.self) {
                try await store.write { rows in
                    let rows = try #require(rows as? Rows)
                    try rows.raiseRevision()
                    _ = try rows.revision()
                    try OtherCaller.write(to: store) { other in
                        try other.run("SET LOCAL lock_timeout = 10")
                        try other.raiseRevision()
                    }
                }
            }
            #expect(refusal?.message == "The store is held by others. Nothing of this was kept.")
            #expect(try await store.read { try $0.revision() } == 0)
            try await store.write { try $0.raiseRevision() }
            #expect(try await store.read { try $0.revision() } == 1)
        }
    }

}

/// Another caller's write, waited for on the thread of the first.
final class OtherCaller: Sendable {
    private let told = Mutex<(any Error)?>(nil)

    /// - Throws: what the other caller is told.
    static func write(to store: PostgresStore, _ work: @escaping @Sendable (Rows) throws -> Void) throws {
        let (caller, done) = (OtherCaller(), Door())
        let ticket = Ticket { session in
            let outcome = session.write { rows in try work(#require(rows as? Rows)) }
            if case .failed(let error, _) = outcome { caller.told.withLock { $0 = error } }
            done.open()
            return true
        } refuse: { _ in
        }
        store.writers.submit(ticket)
        try done.pass()
        if let error = caller.told.withLock({ $0 }) { throw error }
    }
}
