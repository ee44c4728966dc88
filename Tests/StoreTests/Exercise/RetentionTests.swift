import Domain
import Testing

@Suite("Retention")
struct RetentionTests {
    @Test("Events of runs that ended long ago go, a few runs at a time, and never twice", arguments: Backend.all)
    func events(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(10)..<16 {
                    try rows.insert(Story.run(number))
                    try rows.append((0...3).map { (Story.id(number), Story.event($0, .text("word"))) })
                }
                // 10 to 13 ended long ago, 14 lately, 15 not at all.
                for number in UInt64(10)..<14 { try rows.end(Story.finished(Story.run(number), at: Int(number))) }
                try rows.end(Story.finished(Story.run(14), at: 500))
            }
            func trim(_ limit: Int) async throws -> Int {
                try await store.write { try $0.trimEvents(endedBefore: Story.later(100), limit: limit) }
            }
            #expect(try await trim(3) == 3)
            #expect(try await counts(store) == [0, 0, 0, 4, 4, 4])
            #expect(try await trim(3) == 1)
            #expect(try await trim(3) == 0)
            #expect(try await counts(store) == [0, 0, 0, 0, 4, 4])
            let floors = try await store.read { try $0.summaries(limit: 9, status: nil).map(\.floor) }
            #expect(floors == [0, 0, 4, 4, 4, 4])
            let kept = try await store.read { try $0.run(id: Story.id(10)) }
            #expect(kept?.answer == "Two copies, by the window.")
        }
    }

    private func counts(_ store: any Store) async throws -> [Int] {
        try await store.read { rows in try (10..<16).map { try rows.eventCount(of: Story.id(UInt64($0))) } }
    }

    @Test("Old files go, and uploads that were given up go sooner", arguments: Backend.all)
    func files(_ backend: Backend) async throws {
        try await backend.with { store in
            let files = [
                Story.file(30, at: 0, isComplete: true), Story.file(31, at: 0), Story.file(32, at: 60),
                Story.file(33, at: 60, isComplete: true), Story.file(34, at: 90),
            ]
            try await store.write { rows in
                for file in files {
                    try rows.insert(file)
                    try rows.append(chunk: [7], number: 0, to: file.id)
                }
            }
            func remove(_ limit: Int) async throws -> Int {
                try await store.write { rows in
                    try rows.removeFiles(before: Story.later(50), incompleteBefore: Story.later(80), limit: limit)
                }
            }
            #expect(try await remove(2) == 2)
            #expect(try await remove(2) == 1)
            #expect(try await remove(2) == 0)
            for file in files {
                let isKept = [33, 34].map(Story.id).contains(file.id)
                #expect(try await store.read { try $0.file(id: file.id) } == (isKept ? file : nil))
                #expect(try await store.read { try $0.bytes(of: file.id) } == (isKept ? [7] : []))
            }
        }
    }
}
