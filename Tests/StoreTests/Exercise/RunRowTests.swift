import Domain
import Testing

@Suite("Rows of runs")
struct RunRowTests {
    @Test("A run comes back whole", arguments: Backend.all)
    func whole(_ backend: Backend) async throws {
        try await backend.with { store in
            let run = Story.run(10)
            let failed = Self.failed
            try await store.write { rows in
                try rows.insert(run)
                try rows.insert(failed)
            }
            #expect(try await store.read { try $0.run(id: run.id) } == run)
            #expect(try await store.read { try $0.run(id: failed.id) } == failed)
            #expect(try await store.read { try $0.run(id: Story.id(99)) } == nil)
        }
    }

    private static let failed: Run = {
        var run = Story.run(11)
        run.status = .failed
        run.refusal = Refusal(.limitExceeded, "Too much.", field: "messages[0]", retryAfterSeconds: 4)
        run.usage = Usage(inputTokens: 1, outputTokens: 2, estimated: true)
        run.endedAt = Story.later(40)
        run.last = 8
        run.floor = 3
        run.answer = "Half an ans"
        return run
    }()

    @Test("A run ends once: a second end changes nothing", arguments: Backend.all)
    func end(_ backend: Backend) async throws {
        try await backend.with { store in
            let finished = Story.finished(Story.run(10), at: 20)
            var canceled = Story.run(10)
            canceled.status = .canceled
            canceled.endedAt = Story.later(30)
            canceled.last = 9
            try await store.write { [canceled] rows in
                try rows.insert(Story.run(10))
                try rows.append([(finished.id, Story.event(0, .started))])
                try rows.end(finished)
                try rows.end(canceled)
            }
            #expect(try await store.read { try $0.run(id: finished.id) } == finished)
            #expect(try await store.read { try $0.eventCount(of: finished.id) } == 1)
        }
    }

    @Test("The reserved mark only rises", arguments: Backend.all)
    func reserved(_ backend: Backend) async throws {
        try await backend.with { store in
            let id = Story.id(10)
            func mark() async throws -> Int64? { try await store.read { try $0.run(id: id)?.reserved } }
            try await store.write { try $0.insert(Story.run(10)) }
            try await store.write { try $0.raiseReserved(of: id, to: 9000) }
            #expect(try await mark() == 9000)
            try await store.write { try $0.raiseReserved(of: id, to: 8000) }
            #expect(try await mark() == 9000)
            try await store.write { try $0.end(Story.finished(Story.run(10), at: 20)) }
            #expect(try await mark() == 9000)
        }
    }

    @Test("Runs that have not ended are found again, oldest first", arguments: Backend.all)
    func unended(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in [12, 10, 11] { try rows.insert(Story.run(UInt64(number))) }
                try rows.end(Story.finished(Story.run(11), at: 20))
            }
            #expect(try await store.write { try $0.abandonedRuns(limit: 10) } == [Story.run(10), Story.run(12)])
        }
    }

    @Test("A request to cancel stands until the run has ended", arguments: Backend.all)
    func cancel(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.run(10))
                try rows.insert(Story.run(11))
                try rows.end(Story.finished(Story.run(11), at: 20))
                for number in [10, 10, 11, 99] { try rows.requestCancel(run: Story.id(UInt64(number))) }
            }
            #expect(try await store.read { try $0.cancelRequests() } == [Story.id(10)])
            try await store.write { try $0.end(Story.finished(Story.run(10), at: 30)) }
            #expect(try await store.read { try $0.cancelRequests() } == [])
        }
    }
}
