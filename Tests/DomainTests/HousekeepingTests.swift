import Domain
import Synchronization
import TestKit
import Testing

/// Forgetting, a little at a time.
@Suite struct HousekeepingTests {
    /// Counts after each write what is left of something.
    private final class WatchedStore: Store {
        private let store: any Store
        private let count: @Sendable (any Transaction) throws -> Int
        private let counts = Mutex<[Int]>([])

        init(_ store: any Store, count: @escaping @Sendable (any Transaction) throws -> Int) {
            self.store = store
            self.count = count
        }

        /// What each write removed.
        var steps: [Int] {
            let counts = counts.withLock { $0 }
            return zip(counts, counts.dropFirst()).map { $0 - $1 }
        }

        var isFailing: Bool { store.isFailing }
        var statementCount: Int64 { store.statementCount }
        func close() throws { try store.close() }

        func read<Answer: Sendable>(
            _ work: @escaping @Sendable (any Transaction) throws -> Answer
        ) async throws -> Answer { try await store.read(work) }

        func write<Answer: Sendable>(
            _ work: @escaping @Sendable (any Transaction) throws -> Answer
        ) async throws -> Answer {
            let before = try await store.read(count)
            let answer = try await store.write(work)
            let after = try await store.read(count)
            counts.withLock { $0 += $0.isEmpty ? [before, after] : [after] }
            return answer
        }
    }

    private func clean(_ store: any Store, _ scene: Scene) async throws {
        scene.clock.advance(by: .seconds(40 * 86_400))
        try await scene.housekeeping(on: store).clean()
    }

    @Test func filesGoOneOrTwoAtATime() async throws {
        let scene = try await Scene()
        let files = Files(store: scene.gate, world: scene.clock.world, limits: Limits())
        var made: [ID] = []
        for _ in 0..<7 {
            let upload = try await files.begin(for: scene.ana, filename: "note.txt", mediaType: "text/plain")
            try await upload.append([1, 2, 3])
            made.append(try await files.complete(upload, for: scene.ana, idempotency: nil).file.id)
        }
        let ids = made
        let store = WatchedStore(scene.gate) { rows in try ids.count { try rows.file(id: $0) != nil } }
        try await clean(store, scene)
        #expect(store.steps.reduce(0, +) == 7)
        #expect(store.steps.allSatisfy { $0 <= 2 })
    }

    @Test func eventsGoAFewRunsAtATime() async throws {
        let scene = try await Scene()
        var made: [ID] = []
        for number in 1...25 {
            let live = try await scene.live()
            let asked = await scene.upstream.question(number)
            asked.say("yes")
            asked.finish()
            await Reader(of: live).untilEnd()
            made.append(live.id)
        }
        let ids = made
        let store = WatchedStore(scene.gate) { rows in try ids.count { try rows.eventCount(of: $0) > 0 } }
        try await clean(store, scene)
        #expect(store.steps.reduce(0, +) == 25)
        #expect(store.steps.allSatisfy { $0 <= 10 })
        let again = try await scene.gate.write { try $0.trimEvents(endedBefore: scene.clock.now, limit: 99) }
        #expect(again == 0)
    }

    @Test func claimsGoUntilNoneAreLeft() async throws {
        let scene = try await Scene()
        let (now, subject) = (scene.clock.now, scene.clock.world.newID())
        try await scene.gate.write { rows in
            for number in 0..<450 {
                let claim = IdempotencyClaim(
                    principal: "client:ana", path: "/", key: "\(number)", fingerprint: [1], subject: subject,
                    createdAt: now)
                _ = try rows.claim(claim)
            }
        }
        try await clean(scene.gate, scene)
        let left = try await scene.gate.write { try $0.forgetClaims(before: scene.clock.now, limit: 999) }
        #expect(left == 0)
    }
}
