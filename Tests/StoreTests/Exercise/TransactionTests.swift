import Domain
import Testing

@Suite("Transactions")
struct TransactionTests {
    /// What a caller of these tests changes its mind with.
    struct Regret: Error, Equatable {}

    @Test("A write whose work throws leaves nothing behind, and the error is the caller's own", arguments: Backend.all)
    func undone(_ backend: Backend) async throws {
        try await backend.with { store in
            await #expect(throws: Regret()) {
                try await store.write { rows in
                    try rows.insert(Story.harbour)
                    throw Regret()
                }
            }
            await #expect(throws: Refusal(.conflict, "No.")) {
                try await store.write { _ in throw Refusal(.conflict, "No.") }
            }
            #expect(try await store.read { try $0.accounts() } == [])
            try await store.write { try $0.insert(Story.harbour) }
            #expect(try await store.read { try $0.accounts() } == [Story.harbour])
        }
    }

    @Test("Of many writes at once, those that throw undo only their own", arguments: Backend.all)
    func isolation(_ backend: Backend) async throws {
        try await backend.with { store in
            let regrets = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        do {
                            try await store.write { rows in
                                try rows.touch(Story.conversation("talk-\(number)", at: number))
                                try rows.raiseRevision()
                                if number % 3 == 0 { throw Regret() }
                            }
                            return false
                        } catch { return error is Regret && number % 3 == 0 }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(regrets == 100)
            #expect(try await store.read { try $0.revision() } == 200)
            let page = ConversationPage(
                account: Story.harbour.id, principal: "client:till-001", limit: 1000, newestFirst: false, after: nil)
            let ids = try await store.read { try $0.conversations(page).map(\.id) }
            #expect(ids == (0..<300).filter { $0 % 3 != 0 }.map { "talk-\($0)" })
        }
    }

    @Test("A thousand writes at once are all there, each with an answer of its own", arguments: Backend.all)
    func thousand(_ backend: Backend) async throws {
        try await backend.with { store in
            let answers = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        try await store.write { rows in
                            try rows.raiseRevision()
                            return try rows.revision()
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == Set(1...1000))
        }
    }

    @Test("A read sees every write that was answered before it", arguments: Backend.all)
    func ownWrites(_ backend: Backend) async throws {
        try await backend.with { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in UInt64(100)..<120 {
                    group.addTask {
                        for turn in UInt64(0)..<20 {
                            let run = Story.run(number * 100 + turn)
                            try await store.write { try $0.insert(run) }
                            #expect(try await store.read { try $0.run(id: run.id) } == run)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("A read keeps its view while others write", arguments: Backend.all)
    func view(_ backend: Backend) async throws {
        try await backend.with { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for _ in 0..<200 { try await store.write { try $0.raiseRevision() } } }
                for _ in 0..<200 {
                    group.addTask {
                        let seen = try await store.read { rows in try (0..<20).map { _ in try rows.revision() } }
                        #expect(Set(seen).count == 1)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("A read cannot write", arguments: Backend.all)
    func readOnly(_ backend: Backend) async throws {
        try await backend.with { store in
            await #expect(throws: (any Error).self) { try await store.read { try $0.raiseRevision() } }
            #expect(try await store.read { try $0.revision() } == 0)
            try await store.write { try $0.raiseRevision() }
            #expect(try await store.read { try $0.revision() } == 1)
        }
    }

    @Test("Statements are counted", arguments: Backend.all)
    func statements(_ backend: Backend) async throws {
        try await backend.with { store in
            let before = store.statementCount
            try await store.write { try $0.raiseRevision() }
            let written = store.statementCount
            #expect((1...4).contains(written - before))
            _ = try await store.read { try $0.revision() }
            #expect(store.statementCount > written)
        }
    }

    @Test("A turn takes a single digit of statements", arguments: Backend.all)
    func turn(_ backend: Backend) async throws {
        try await backend.with { store in
            let before = store.statementCount
            let run = Story.run(10)
            try await store.write { rows in
                try rows.touch(Story.conversation(run.conversation))
                try rows.insert(run)
                try rows.append([(run.id, Story.event(0, .started))])
            }
            let rest = (1...64).map { (run.id, Story.event($0, .text("word"))) }
            try await store.write { rows in
                try rows.append(rest)
                try rows.end(Story.finished(run, at: 20))
            }
            #expect(store.statementCount - before <= 9)
        }
    }
}
