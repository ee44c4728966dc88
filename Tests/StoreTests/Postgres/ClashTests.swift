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
            let passes = Mutex(0)
            @Sendable func touch(_ first: Conversation, _ second: Conversation) async throws {
                try await store.write { rows in
                    passes.withLock { $0 += 1 }
                    try rows.touch(first)
                    // The lock is taken before the other goes on.
                    _ = try rows.conversation(account: first.account, id: first.id)
                    meeting.wait()
                    try rows.touch(second)
                    try rows.raiseRevision()
                }
            }
            async let one: Void = touch(Self.left, Self.right)
            async let other: Void = touch(Self.right, Self.left)
            _ = try await (one, other)
            #expect(passes.withLock { $0 } == 3)
            #expect(try await store.read { try $0.revision() } == 2)
        }
    }

    @Test("A transaction that cannot be the first is begun again")
    func serialization() async throws {
        try await TestSchema.with { store, _ in
            let passes = Mutex(0)
            try await store.write { rows in
                let pass = passes.withLock { count in
                    count += 1
                    return count
                }
                let rows = try #require(rows as? Rows)
                try rows.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                let seen = try rows.revision()
                if pass == 1 { try OtherCaller.write(to: store) { try $0.raiseRevision() } }
                try rows.run("UPDATE revision SET value = $1", seen + 10)
            }
            #expect(passes.withLock { $0 } == 2)
            #expect(try await store.read { try $0.revision() } == 11)
        }
    }

    @Test("A row that somebody made meanwhile is seen when the work runs again")
    func made() async throws {
        try await TestSchema.with { store, _ in
            let meeting = Meeting(of: 2)
            @Sendable func add(_ number: UInt64) async throws -> Bool {
                try await store.write { rows in
                    if try rows.accounts().contains(where: { $0.name == "harbour" }) { return false }
                    meeting.wait()
                    try rows.insert(Account(id: Story.id(number), name: "harbour", createdAt: Story.morning))
                    return true
                }
            }
            async let one = add(1)
            async let other = add(2)
            #expect(try await [one, other].filter { $0 }.count == 1)
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
        let (caller, done) = (OtherCaller(), DispatchSemaphore(value: 0))
        let ticket = Ticket { session in
            let outcome = session.write { rows in try work(#require(rows as? Rows)) }
            if case .failed(let error, _) = outcome { caller.told.withLock { $0 = error } }
            done.signal()
            return true
        } refuse: { _ in
        }
        store.writers.submit(ticket)
        done.wait()
        if let error = caller.told.withLock({ $0 }) { throw error }
    }
}

/// Where threads wait until all of them are there; who comes later finds the door open.
final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let door = DispatchSemaphore(value: 0)
    private let size: Int

    init(of size: Int) {
        self.size = size
        missing = Mutex(size)
    }

    func wait() {
        let left = missing.withLock { missing in
            missing -= 1
            return missing
        }
        if left == 0 { for _ in 1..<size { door.signal() } }
        if left > 0 { door.wait() }
    }
}
