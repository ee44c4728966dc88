import Domain
import Testing

@Suite("Lists of runs")
struct RunListTests {
    @Test("Runs are listed newest first, all or by status", arguments: Backend.all)
    func lists(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in 10..<15 { try rows.insert(Story.run(UInt64(number))) }
                try rows.end(Story.finished(Story.run(12), at: 20))
            }
            let newest = try await store.read { try $0.summaries(limit: 2, status: nil) }
            #expect(newest.map(\.id) == [Story.id(14), Story.id(13)])
            #expect(try await store.read { try $0.summaries(limit: 9, status: .finished).map(\.id) } == [Story.id(12)])
            #expect(try await store.read { try $0.summaries(limit: 9, status: .running).count } == 4)
            #expect(try await store.read { try $0.summaries(limit: 9, status: .canceled) } == [])
        }
    }

    @Test("A summary says of a run what the run says of itself", arguments: Backend.all)
    func summary(_ backend: Backend) async throws {
        try await backend.with { store in
            let (running, finished) = (Story.run(10), Story.finished(Story.run(11), at: 20))
            try await store.write { rows in
                try rows.insert(running)
                try rows.insert(finished)
            }
            #expect(try await store.read { try $0.summary(of: running.id) } == running.summary)
            #expect(try await store.read { try $0.summary(of: finished.id) } == finished.summary)
            #expect(
                try await store.read { try $0.summaries(limit: 9, status: nil) }
                    == [finished.summary, running.summary])
            #expect(try await store.read { try $0.summary(of: Story.id(99)) } == nil)
        }
    }

    @Test("A run is read without its answer, and then it has none", arguments: Backend.all)
    func withoutAnswer(_ backend: Backend) async throws {
        try await backend.with { store in
            var run = Story.finished(Story.run(11), at: 20)
            try await store.write { [run] in try $0.insert(run) }
            run.answer = ""
            #expect(try await store.read { try $0.run(id: Story.id(11), withAnswer: false) } == run)
        }
    }

    private static func page(
        _ limit: Int = 100, bytes: Int = .max, newestFirst: Bool = false,
        from start: (run: ID, isIncluded: Bool)? = nil
    ) -> RunPage {
        RunPage(
            account: Story.harbour.id, conversation: "counter", limit: limit, bytes: bytes, newestFirst: newestFirst,
            start: start)
    }

    /// The numbers of the story's runs on a page.
    private func numbers(_ store: any Store, _ page: RunPage) async throws -> [UInt64] {
        let ids = try await store.read { try $0.runs(page).map(\.id) }
        return ids.compactMap { id in (10..<15).first { Story.id($0) == id } }
    }

    private func fill(_ store: any Store, answers: Int = 0) async throws {
        try await store.write { rows in
            for number in [12, 10, 14, 11, 13] as [UInt64] {
                var run = Story.finished(Story.run(number), at: 20)
                run.answer = String(repeating: "ö", count: answers / 2)
                try rows.insert(run)
            }
            try rows.insert(Story.run(20, in: "window"))
            try rows.insert(Story.run(21, of: Story.bakery))
        }
    }

    @Test("A conversation's runs are read from either end, at most so many", arguments: Backend.all)
    func ends(_ backend: Backend) async throws {
        try await backend.with { store in
            try await fill(store)
            #expect(try await numbers(store, Self.page()) == [10, 11, 12, 13, 14])
            #expect(try await numbers(store, Self.page(newestFirst: true)) == [14, 13, 12, 11, 10])
            #expect(try await numbers(store, Self.page(2)) == [10, 11])
            #expect(try await numbers(store, Self.page(2, newestFirst: true)) == [14, 13])
            #expect(try await numbers(store, Self.page(0)) == [])
        }
    }

    @Test("They are read from a run on, with it or after it, whether it is still there or not", arguments: Backend.all)
    func starts(_ backend: Backend) async throws {
        try await backend.with { store in
            try await fill(store)
            let twelve = Story.id(12)
            #expect(try await numbers(store, Self.page(from: (twelve, true))) == [12, 13, 14])
            #expect(try await numbers(store, Self.page(from: (twelve, false))) == [13, 14])
            #expect(try await numbers(store, Self.page(newestFirst: true, from: (twelve, true))) == [12, 11, 10])
            #expect(try await numbers(store, Self.page(newestFirst: true, from: (twelve, false))) == [11, 10])
            #expect(try await numbers(store, Self.page(from: (Story.id(5), true))) == [10, 11, 12, 13, 14])
            #expect(try await numbers(store, Self.page(from: (Story.id(99), true))) == [])
        }
    }

    @Test("No more is read than there is room for, but always one run", arguments: Backend.all)
    func bytes(_ backend: Backend) async throws {
        try await backend.with { store in
            // With its question each run has a little more than 100,000 bytes.
            try await fill(store, answers: 100_000)
            #expect(try await numbers(store, Self.page(bytes: 350_000)) == [10, 11, 12])
            #expect(try await numbers(store, Self.page(bytes: 250_000, newestFirst: true)) == [14, 13])
            #expect(try await numbers(store, Self.page(2, bytes: 350_000)) == [10, 11])
            #expect(try await numbers(store, Self.page(bytes: 1)) == [10])
            #expect(try await numbers(store, Self.page(bytes: 0, from: (Story.id(13), true))) == [13])
        }
    }
}
