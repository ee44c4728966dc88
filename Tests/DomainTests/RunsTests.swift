import Domain
import TestKit
import Testing

/// Starting, finding, resuming and draining runs.
@Suite struct RunsTests {
    private static func key(_ word: String = "k", of request: String = "body") -> IdempotencyKey {
        IdempotencyKey(path: "/chat", key: word, request: Array(request.utf8))
    }

    @Test func theSameKeyFromFiftyCallersStartsOneRun() async throws {
        let scene = try await Scene()
        let ids = try await withThrowingTaskGroup(of: ID.self) { group in
            for _ in 0..<50 { group.addTask { try await scene.ask(key: Self.key()).reading.run.id } }
            return try await group.reduce(into: Set<ID>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        _ = await scene.upstream.question(1)
        #expect(scene.upstream.count == 1)
    }

    @Test func theSameKeyForAnotherRequestIsAMismatch() async throws {
        let scene = try await Scene()
        _ = try await scene.ask(key: Self.key())
        let refusal = await #expect(throws: Refusal.self) { try await scene.ask(key: Self.key(of: "other")) }
        #expect(refusal?.reason == .mismatch)
    }

    @Test func anEndedRunIsFoundByItsKey() async throws {
        let scene = try await Scene()
        let (first, isRepeated) = try await scene.ask(key: Self.key())
        #expect(!isRepeated)
        let question = await scene.upstream.question(1)
        question.say("once")
        question.finish()
        guard case .live(let live) = first else { return #expect(Bool(false)) }
        await Reader(of: live).untilEnd()
        try await until { scene.runs.liveCount == 0 }
        let (second, again) = try await scene.ask(key: Self.key())
        #expect(again)
        guard case .stored(let run) = second else { return #expect(Bool(false)) }
        #expect(run.answer.isEmpty && run.question.messages.isEmpty, "streams need neither")
        #expect(try await scene.runs.whole(run).answer == "once")
    }

    @Test func keysArePrintableAndQuotesAreNotPartOfThem() throws {
        #expect(try IdempotencyKey.parse("\"abc\"") == "abc")
        #expect(try IdempotencyKey.parse("abc") == "abc")
        #expect(throws: Refusal.self) { try IdempotencyKey.parse(String(repeating: "x", count: 256)) }
        #expect(throws: Refusal.self) { try IdempotencyKey.parse("\"\"") }
        #expect(throws: Refusal.self) { try IdempotencyKey.parse("naïve") }
    }

    @Test func anotherAccountsRunDoesNotExist() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let refusal = await #expect(throws: Refusal.self) { try await scene.runs.reading(live.id, for: scene.boris) }
        #expect(refusal?.reason == .notFound)
    }

    @Test func aPrincipalWithoutTheAgentDoesNotSeeItsRuns() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        var limited = scene.ana
        limited.agents = ["guide"]
        let asked = limited
        await #expect(throws: Refusal.self) { try await scene.runs.reading(live.id, for: asked) }
    }

    @Test func cursorsNameThePlaceAfterThem() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reading = Runs.Reading.live(live)
        #expect(try scene.runs.place(after: nil, in: reading) == 0)
        #expect(try scene.runs.place(after: Cursor(run: live.id, sequence: 0), in: reading) == 1)
        let foreign = Cursor(run: scene.clock.world.newID(), sequence: 0)
        #expect(throws: Refusal.self) { try scene.runs.place(after: foreign, in: reading) }
        let future = Cursor(run: live.id, sequence: 1_000_000)
        #expect(throws: Refusal.self) { try scene.runs.place(after: future, in: reading) }
    }

    @Test func aRunThatIsYetToBeginHasNoPlaceToGoOnFrom() async throws {
        let scene = try await Scene()
        let question = Question(messages: [Message(.user, "Where were we?")])
        for key in [nil, Self.key()] {
            var order = Runs.Order(principal: scene.ana, agent: scene.agent, conversation: "talk", question: question)
            order.idempotency = key
            order.after = Cursor(run: scene.clock.world.newID(), sequence: 3)
            let placed = order
            let refusal = await #expect(throws: Refusal.self) { try await scene.runs.start(placed) }
            #expect(refusal?.reason == .invalid)
            #expect(refusal?.field == "Last-Event-ID")
        }
        #expect(scene.runs.liveCount == 0)
        #expect(scene.upstream.count == 0)
        let stored = try await scene.gate.read { try $0.summaries(limit: 10, status: nil) }
        #expect(stored.isEmpty)
        #expect(try await !scene.ask(key: Self.key()).isRepeated)
    }

    @Test func aRepeatedRequestGoesOnWhereItsCallerWas() async throws {
        let scene = try await Scene()
        let first = try await scene.ask(key: Self.key()).reading
        var order = Runs.Order(
            principal: scene.ana, agent: scene.agent, conversation: nil,
            question: Question(messages: [Message(.user, "What is the answer?")]))
        order.idempotency = Self.key()
        order.after = Cursor(run: first.run.id, sequence: 0)
        let again = try await scene.runs.start(order)
        #expect(again.isRepeated)
        #expect(again.reading.run.id == first.run.id)
    }

    @Test(arguments: [
        "", "x", "1:2", "0190163d-8694-739b-aea5-966c26f8ad91", "0190163d-8694-739b-aea5-966c26f8ad91:",
        "0190163d-8694-739b-aea5-966c26f8ad91:-1", "0190163d-8694-739b-aea5-966c26f8ad91:1:2",
        "0190163d-8694-739b-aea5-966c26f8ad91:99999999999999999999",
    ])
    func garbageIsNoCursor(_ text: String) {
        #expect(throws: Refusal.self) { try Cursor(parsing: text) }
    }

    @Test func belowTheRetentionFloorIsGone() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("old")
        question.finish()
        await Reader(of: live).untilEnd()
        try await until { scene.runs.liveCount == 0 }
        let later = scene.clock.now.adding(hours: 1)
        #expect(try await scene.gate.write { try $0.trimEvents(endedBefore: later, limit: 10) } == 1)
        let reading = try await scene.runs.reading(live.id, for: scene.ana)
        let refusal = #expect(throws: Refusal.self) { try scene.runs.place(after: nil, in: reading) }
        #expect(refusal?.reason == .gone)
        let last = Cursor(run: live.id, sequence: try #require(reading.run.last))
        #expect(throws: Refusal.self) { try scene.runs.place(after: last, in: reading) }
        #expect(try await scene.stored(live.id)?.answer == "old")
    }

    @Test func pastTheEndIsTheTerminalEventAgain() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("short")
        question.finish()
        let reader = Reader(of: live)
        await reader.untilEnd()
        let last = try #require(reader.seen.last)
        let again = Reader(of: live, from: Int(last.sequence) + 1)
        await again.untilEnd()
        #expect(again.seen == [last])
        try await until { scene.runs.liveCount == 0 }
        let stored = try await scene.runs.reading(live.id, for: scene.ana)
        #expect(try scene.runs.place(after: Cursor(run: live.id, sequence: 900), in: stored) == last.sequence)
    }

    @Test func aDrainEndsWhatDoesNotFinishInTime() async throws {
        let scene = try await Scene { $0.drainStreamsSeconds = 1 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let reader = Reader(of: live)
        let drain = Task { await scene.runs.drain() }
        let mover = Task {
            while !Task.isCancelled {
                scene.clock.advance(by: .milliseconds(20))
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        await reader.untilEnd()
        await drain.value
        mover.cancel()
        #expect(question.isCanceled)
        #expect(live.outcome.status == .failed)
        let refusal = await #expect(throws: Refusal.self) { try await scene.live() }
        #expect(refusal?.reason == .unavailable)
    }

    @Test func noMoreRunsAreLiveThanThereMayBe() async throws {
        let scene = try await Scene { $0.openStreams = 2 }
        _ = try await scene.live()
        _ = try await scene.live()
        let refusal = await #expect(throws: Refusal.self) { try await scene.live() }
        #expect(refusal?.reason == .limitExceeded)
    }

    @Test func aCancelAskedForByAnotherProcessIsNoticed() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let watching = Task { await scene.runs.watch() }
        #expect(try await Runs.requestCancel(live.id, at: scene.clock.world.now(), in: scene.gate))
        try await until {
            scene.clock.advance(by: .milliseconds(400))
            return question.isCanceled
        }
        watching.cancel()
    }

    @Test func anEndThatIsAskedForBeforeTheRunIsRecordedComesAfterItsStart() async throws {
        let scene = try await Scene()
        scene.gate.hold()
        let asking = Task { try await scene.live(in: "talk") }
        await scene.gate.untilHeld()
        let now = scene.clock.now
        try await scene.runs.cancelAll(
            in: Conversation(
                account: scene.ana.account, id: "talk", agent: "helper", principal: scene.ana.id, createdAt: now,
                updatedAt: now))
        scene.gate.letGo()
        let live = try await asking.value
        let reader = Reader(of: live)
        await reader.untilEnd()
        #expect(reader.seen.map(\.kind) == [.started, .canceled])
        #expect(try await scene.events(live.id) == reader.seen)
        #expect(scene.upstream.count == 0)
    }

    @Test func countsThatNoUpstreamCanMeanDoNotOverflow() {
        let usage = Usage(inputTokens: .max, outputTokens: .max)
        #expect(usage.inputTokens + usage.outputTokens > 0)
        #expect(Usage(inputTokens: -1, outputTokens: 0).inputTokens == 0)
    }
}
