import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Synchronization
import TestKit
import Testing

@testable import Surfaces

/// Stored runs that are told again.
@Suite struct ReplayTests {
    /// Keeps what a stream writes, and lets something happen after the first of it.
    private final class Page: Sendable {
        let writes = Mutex<[String]>([])
        private let onFirst: @Sendable () async throws -> Void

        init(onFirst: @escaping @Sendable () async throws -> Void) {
            self.onFirst = onFirst
        }

        var text: String { writes.withLock { $0.joined() } }

        func write(_ buffer: ByteBuffer) async throws {
            let count = writes.withLock { writes in
                writes.append(String(buffer: buffer))
                return writes.count
            }
            if count == 1 { try await onFirst() }
        }
    }

    private struct Writer: ResponseBodyWriter {
        let page: Page

        mutating func write(_ buffer: ByteBuffer) async throws { try await page.write(buffer) }
        consuming func finish(_ trailers: HTTPFields?) async throws {}
    }

    /// A run of the scene that ended with so many pieces of text.
    private func store(_ pieces: [String], in scene: Scene) async throws -> Run {
        let (now, world) = (scene.clock.now, scene.clock.world)
        var run = Run(
            id: world.newID(), account: scene.ana.account, agent: "helper", conversation: "talk",
            principal: scene.ana.id, question: Question(messages: [Message(.user, "?")]), answerID: world.newID(),
            createdAt: now, reserved: 4096)
        let kinds = [.started] + pieces.map { .text($0) } + [RunEvent.Kind.finished(.stop)]
        let events = kinds.enumerated().map { RunEvent(sequence: Int64($0.offset), at: now, kind: $0.element) }
        run = run.told(by: events)
        try await scene.gate.write { [run] rows in
            try rows.insert(run)
            try rows.append(events.map { (run.id, $0) })
        }
        return run
    }

    private func replay(
        _ run: Run, in scene: Scene, onFirst: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> [String] {
        let stream = RunStream(
            runs: scene.runs, limits: Limits(), world: scene.clock.world, open: OpenStreams())
        let channel = NIOAsyncTestingChannel()
        let response = try stream.response(for: .stored(run), after: nil, in: nil, on: channel) { run, _ in
            AgenticStarStream(run)
        }
        let page = Page(onFirst: onFirst)
        let mover = Task {
            while !Task.isCancelled {
                scene.clock.advance(by: .milliseconds(100))
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        defer { mover.cancel() }
        try await response.body.write(Writer(page: page))
        return page.writes.withLock { $0 }
    }

    @Test func aLongRunIsToldWhole() async throws {
        let scene = try await Scene()
        let run = try await store((0..<1200).map { "<\($0)>" }, in: scene)
        let writes = try await replay(run, in: scene)
        #expect(writes.count > 1)
        let told = writes.joined().matches(of: /<\d+>/).map { String($0.output) }
        #expect(told == (0..<1200).map { "<\($0)>" })
        #expect(writes.last?.hasSuffix("data: [DONE]\n\n") == true)
    }

    @Test func aRunThatIsTrimmedWhileItIsToldEndsWithGone() async throws {
        let scene = try await Scene()
        let run = try await store((0..<1200).map { "<\($0)>" }, in: scene)
        let text = try await replay(run, in: scene) {
            let later = scene.clock.now.adding(hours: 1)
            let trimmed = try await scene.gate.write { try $0.trimEvents(endedBefore: later, limit: 1) }
            #expect(trimmed == 1)
        }.joined()
        #expect(text.contains("<0>") && !text.contains("<1199>"))
        #expect(text.contains("\"code\":\"gone\""))
        #expect(text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test func noMoreIsInMemoryThanAFewPieces() async throws {
        let scene = try await Scene()
        let piece = String(repeating: "x", count: 16 * 1024)
        let run = try await store(Array(repeating: piece, count: 200), in: scene)
        let writes = try await replay(run, in: scene)
        #expect(writes.reduce(0) { $0 + $1.count } > 200 * piece.count)
        #expect(writes.allSatisfy { $0.utf8.count < 128 * 1024 })
    }
}
