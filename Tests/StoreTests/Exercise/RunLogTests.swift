import Domain
import Testing

@Suite("The run log")
struct RunLogTests {
    @Test("Every kind of event comes back as it was", arguments: Backend.all)
    func kinds(_ backend: Backend) async throws {
        try await backend.with { store in
            let kinds: [RunEvent.Kind] = [
                .started, .text(""), .text("Ahoy 🐳\u{0}\n"), .toolCall(#"{"index":0}"#),
                .stepStarted(Story.step), .stepFinished(Story.step.finished("two pages")),
                .stepFinished(Story.step.failed("no paper")),
                .usage(Usage(inputTokens: 3, outputTokens: 4, estimated: true)), .finished(.toolCalls),
                .failed(Refusal(.unavailable, "Fog.", field: "model", retryAfterSeconds: 2)), .canceled,
            ]
            let events = kinds.enumerated().map { Story.event(Int64($0.offset), $0.element) }
            try await store.write { rows in try rows.append(events.map { (Story.id(10), $0) }) }
            #expect(try await store.read { try $0.events(of: Story.id(10), after: -1, limit: .max) } == events)
        }
    }

    @Test("A batch of any size arrives whole", arguments: Backend.all, [0, 1, 2, 3, 63, 255, 1024, 1025, 3071])
    func sizes(_ backend: Backend, _ count: Int) async throws {
        try await backend.with { store in
            let batch = (0..<count).map { place in
                (Story.id(UInt64(10 + place % 7)), Story.event(Int64(place / 7), .text("word \(place)")))
            }
            try await store.write { try $0.append(batch) }
            for number in 0..<7 {
                let expected = batch.filter { $0.0 == Story.id(UInt64(10 + number)) }.map(\.1)
                let found = try await store.read { rows in
                    try rows.events(of: Story.id(UInt64(10 + number)), after: -1, limit: .max)
                }
                #expect(found == expected)
            }
        }
    }

    @Test("Reading goes on after a sequence, a page at a time", arguments: Backend.all)
    func pages(_ backend: Backend) async throws {
        try await backend.with { store in
            let events = (0..<10).map { Story.event(Int64($0), .text("\($0)")) }
            // The gap is what a crash leaves.
            let end = Story.event(4097, .failed(Refusal(.unavailable, "Stopped.")))
            try await store.write { rows in
                try rows.append(events.reversed().map { (Story.id(10), $0) } + [(Story.id(10), end)])
                try rows.append([(Story.id(11), Story.event(0, .started))])
            }
            func page(_ sequence: Int64, _ limit: Int) async throws -> [Int64] {
                try await store.read { try $0.events(of: Story.id(10), after: sequence, limit: limit).map(\.sequence) }
            }
            #expect(try await page(-1, 3) == [0, 1, 2])
            #expect(try await page(2, 3) == [3, 4, 5])
            #expect(try await page(8, 3) == [9, 4097])
            #expect(try await page(2000, 3) == [4097])
            #expect(try await page(4097, 3) == [])
            #expect(try await store.read { try $0.eventCount(of: Story.id(10)) } == 11)
            #expect(try await store.read { try $0.eventCount(of: Story.id(12)) } == 0)
        }
    }

    @Test("No more of a log is read than there is room for, but always one event", arguments: Backend.all)
    func room(_ backend: Backend) async throws {
        try await backend.with { store in
            let text = String(repeating: "ö", count: 500)
            try await store.write { rows in
                try rows.append((0..<10).map { (Story.id(10), Story.event($0, .text(text))) })
            }
            func page(_ sequence: Int64, _ limit: Int, _ bytes: Int) async throws -> [Int64] {
                try await store.read { rows in
                    try rows.events(of: Story.id(10), after: sequence, limit: limit, bytes: bytes).map(\.sequence)
                }
            }
            #expect(try await page(-1, 100, 3000) == [0, 1, 2])
            #expect(try await page(2, 100, 2999) == [3, 4])
            #expect(try await page(2, 1, 3000) == [3])
            #expect(try await page(4, 100, 1) == [5])
            #expect(try await page(7, 100, 100_000) == [8, 9])
        }
    }

    @Test("A number is never used for a second event, and the batch that tries is undone", arguments: Backend.all)
    func unique(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.append([(Story.id(10), Story.event(5, .text("first")))]) }
            await #expect(throws: (any Error).self) {
                try await store.write { rows in
                    try rows.append([4, 5, 6].map { (Story.id(10), Story.event($0, .text("second"))) })
                }
            }
            let left = try await store.read { try $0.events(of: Story.id(10), after: -1, limit: 10) }
            #expect(left == [Story.event(5, .text("first"))])
        }
    }
}
