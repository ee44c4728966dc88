import Domain
import Testing

@Suite("Rows of conversations")
struct ConversationRowTests {
    @Test("Touching a conversation makes it, and later only moves its time", arguments: Backend.all)
    func touch(_ backend: Backend) async throws {
        try await backend.with { store in
            var counter = Story.conversation("counter")
            try await store.write { [counter] in try $0.touch(counter) }
            var again = Story.conversation("counter", by: "client:window-001", at: 30)
            again.agent = "pilot"
            try await store.write { [again] in try $0.touch(again) }
            counter.updatedAt = Story.later(30)
            let found = try await store.read { try $0.conversation(account: Story.harbour.id, id: "counter") }
            #expect(found == counter)
        }
    }

    @Test("The same id in another account is another conversation", arguments: Backend.all)
    func accounts(_ backend: Backend) async throws {
        try await backend.with { store in
            let ours = Story.conversation("counter")
            let theirs = Story.conversation("counter", of: Story.bakery, at: 9)
            try await store.write { rows in
                try rows.touch(ours)
                try rows.touch(theirs)
            }
            #expect(try await store.read { try $0.conversation(account: Story.bakery.id, id: "counter") } == theirs)
            #expect(try await store.read { try $0.conversation(account: Story.harbour.id, id: "COUNTER") } == nil)
            try await store.write { try $0.removeConversation(account: Story.harbour.id, id: "counter") }
            #expect(try await store.read { try $0.conversation(account: Story.harbour.id, id: "counter") } == nil)
            #expect(try await store.read { try $0.conversation(account: Story.bakery.id, id: "counter") } == theirs)
        }
    }

    @Test("Who takes part is kept, and stays when the conversation is touched", arguments: Backend.all)
    func participants(_ backend: Backend) async throws {
        try await backend.with { store in
            var counter = Story.conversation("counter")
            counter.participants = [7, -3, .max]
            try await store.write { [counter] in try $0.touch(counter) }
            try await store.write { try $0.touch(Story.conversation("counter")) }
            #expect(try await store.read { try $0.conversation(account: Story.harbour.id, id: "counter") } == counter)
        }
    }

    @Test("Those with one agent are paged newest first and counted", arguments: Backend.all)
    func ofAgent(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in 1...5 { try rows.touch(Story.conversation("talk-\(number)", at: number)) }
                var other = Story.conversation("other", at: 9)
                other.agent = "pilot"
                try rows.touch(other)
                try rows.touch(Story.conversation("stranger's", by: "client:window-001", at: 9))
                try rows.touch(Story.conversation("bakery's", of: Story.bakery, at: 9))
            }
            for (offset, ids) in [(0, ["talk-5", "talk-4"]), (4, ["talk-1"]), (5, [])] {
                let page = AgentPage(
                    account: Story.harbour.id, principal: "client:till-001", agent: "clerk", offset: offset, limit: 2)
                let found = try await store.read { try $0.conversations(page) }
                #expect(found.rows.map(\.id) == ids && found.total == 5)
            }
        }
    }

    @Test("Pages follow each other without gap or repetition, either way", arguments: Backend.all)
    func pages(_ backend: Backend) async throws {
        try await backend.with { store in
            // Three of them share their second.
            let times = ["a": 5, "b": 3, "c": 3, "d": 3, "e": 1]
            try await store.write { rows in
                for (id, seconds) in times { try rows.touch(Story.conversation(id, at: seconds)) }
                try rows.touch(Story.conversation("stranger's", by: "client:window-001", at: 4))
                try rows.touch(Story.conversation("bakery's", of: Story.bakery, at: 4))
            }
            #expect(try await walk(store, newestFirst: true, by: 2) == ["a", "d", "c", "b", "e"])
            #expect(try await walk(store, newestFirst: false, by: 2) == ["e", "b", "c", "d", "a"])
            #expect(try await walk(store, newestFirst: true, by: 100) == ["a", "d", "c", "b", "e"])
        }
    }

    private func walk(_ store: any Store, newestFirst: Bool, by limit: Int) async throws -> [String] {
        var page = ConversationPage(
            account: Story.harbour.id, principal: "client:till-001", limit: limit, newestFirst: newestFirst,
            after: nil)
        var ids: [String] = []
        while true {
            let rows = try await store.read { [page] in try $0.conversations(page) }
            ids += rows.map(\.id)
            guard let last = rows.last, rows.count == limit else { return ids }
            page.after = (last.updatedAt, last.id)
        }
    }

    @Test("A removed conversation takes its runs and their events with it, and no others", arguments: Backend.all)
    func removal(_ backend: Backend) async throws {
        try await backend.with { store in
            let theirs = Story.run(12, of: Story.bakery)
            try await store.write { rows in
                for run in [Story.run(10), Story.run(11, in: "window"), theirs] {
                    try rows.touch(Story.conversation(run.conversation))
                    try rows.insert(run)
                    try rows.append([(run.id, Story.event(0, .started)), (run.id, Story.event(1, .text("Yes")))])
                }
                try rows.requestCancel(run: Story.id(10))
                try rows.removeConversation(account: Story.harbour.id, id: "counter")
            }
            let left = try await store.read { try $0.summaries(limit: 10, status: nil).map(\.id) }
            #expect(left == [Story.id(12), Story.id(11)])
            #expect(try await store.read { try $0.eventCount(of: Story.id(10)) } == 0)
            #expect(try await store.read { try $0.eventCount(of: Story.id(11)) } == 2)
            #expect(try await store.read { try $0.eventCount(of: Story.id(12)) } == 2)
            #expect(try await store.read { try $0.cancelRequests() } == [])
        }
    }

    @Test("A run that ends after its conversation was removed leaves nothing behind", arguments: Backend.all)
    func lateEnd(_ backend: Backend) async throws {
        try await backend.with { store in
            let run = Story.run(10)
            try await store.write { rows in
                try rows.insert(run)
                try rows.removeConversation(account: run.account, id: run.conversation)
            }
            try await store.write { rows in
                try rows.append([(run.id, Story.event(1, .text("Yes"))), (run.id, Story.event(2, .finished(.stop)))])
                try rows.end(Story.finished(run, at: 20))
            }
            #expect(try await store.read { try $0.run(id: run.id) } == nil)
            #expect(try await store.read { try $0.eventCount(of: run.id) } == 0)
        }
    }
}
