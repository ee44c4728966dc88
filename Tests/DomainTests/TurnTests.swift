import Domain
import TestKit
import Testing

/// Runs that wait for their turn, and what becomes of a turn.
@Suite struct TurnTests {
    private func enqueue(
        _ scene: Scene, _ words: String, in conversation: String? = nil, telling url: String? = nil
    ) async throws -> ID {
        var order = Runs.Order(
            principal: scene.ana, agent: scene.agent, conversation: conversation,
            question: Question(messages: [Message(.user, words)]))
        order.callback = url.map { Callback.Target(key: ID(high: 1, low: 1), url: $0) }
        return try await scene.runs.enqueue(order).run
    }

    /// While it lasts, turns are taken.
    private func working(_ scene: Scene, _ work: () async throws -> Void) async throws {
        let worker = Task { await scene.runs.takeTurns() }
        defer { worker.cancel() }
        try await work()
    }

    private func settled(_ scene: Scene, _ run: ID) async throws -> Run {
        try await until {
            scene.clock.advance(by: .milliseconds(50))
            return try await scene.stored(run)?.status.isOver == true
        }
        return try #require(try await scene.stored(run))
    }

    @Test func aQueuedRunIsAnsweredWhenItsTurnComes() async throws {
        let scene = try await Scene { $0.queueWorkers = 1 }
        let (first, second) = (try await enqueue(scene, "one"), try await enqueue(scene, "two"))
        #expect(try await scene.stored(second)?.status == .queued)
        #expect(try await scene.runs.waiting(second)?.place == 2)
        try await working(scene) { () async throws in
            let question = await scene.upstream.question(1)
            #expect(scene.upstream.count == 1, "there is one worker")
            #expect(try await scene.stored(first)?.status == .running)
            question.say("first")
            question.finish()
            #expect(try await settled(scene, first).answer == "first")
            let next = await scene.upstream.question(2)
            next.say("second")
            next.finish()
            #expect(try await settled(scene, second).answer == "second")
        }
        #expect(try await scene.runs.waiting(second) == nil)
    }

    @Test func asManyWaitAsMayAndNoMore() async throws {
        let scene = try await Scene { $0.accountQueue = 2 }
        for words in ["one", "two"] { _ = try await enqueue(scene, words) }
        let refusal = await #expect(throws: Refusal.self) { try await enqueue(scene, "three") }
        #expect(refusal?.reason == .limitExceeded && refusal?.retryAfterSeconds != nil)
    }

    @Test func aRunThatWaitsIsCanceledWithoutATurn() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "never mind")
        let canceled = try await scene.runs.cancel(run, for: scene.ana)
        #expect(canceled.status == .canceled)
        #expect(try await scene.events(run).map(\.kind) == [.canceled])
        try await working(scene) { () async throws in
            _ = await scene.clock.untilSleeps(scene.clock.sleepCount + 1)
            #expect(scene.upstream.count == 0)
        }
    }

    @Test func aTurnWhoseServerDiesIsRepeatedOnceAndWhatWasSaidDoesNotCount() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "Are you there?")
        try await working(scene) { () async throws in
            await scene.upstream.question(1).say("Half an ans")
            try await until {
                scene.clock.advance(by: .milliseconds(50))
                return try await scene.events(run).count == 2
            }
        }
        let heir = try await scene.heir()
        #expect(try await scene.stored(run)?.status == .queued)
        let worker = Task { await heir.takeTurns() }
        let again = await scene.upstream.question(2)
        again.say("Yes.")
        again.finish()
        let ended = try await settled(scene, run)
        worker.cancel()
        #expect(ended.answer == "Yes." && ended.status == .finished)
        let sequences = try await scene.events(run).map(\.sequence)
        #expect(sequences.prefix(2) == [0, 1] && sequences[2] == 4097, "no number is used again: \(sequences)")
        #expect(try await scene.events(run).map(\.kind).filter { $0 == .started }.count == 2)
    }

    @Test func aServerThatDiesTwiceOverARunEndsIt() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "Are you there?")
        try await working(scene) { () async throws in _ = await scene.upstream.question(1) }
        let heir = try await scene.heir()
        let worker = Task { await heir.takeTurns() }
        _ = await scene.upstream.question(2)
        worker.cancel()
        _ = try await scene.heir()
        let ended = try #require(try await scene.stored(run))
        #expect(ended.status == .failed && ended.refusal?.message.contains("twice") == true)
    }

    @Test func whatHasCalledAToolIsNotAskedAgain() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "Buy it.", telling: "https://till.example/")
        try await working(scene) { () async throws in
            await scene.upstream.question(1).answer.received(.toolCall("{\"index\":0}"))
            try await until {
                scene.clock.advance(by: .milliseconds(50))
                return try await scene.events(run).count == 2
            }
        }
        _ = try await scene.heir()
        let ended = try #require(try await scene.stored(run))
        #expect(ended.status == .failed && ended.refusal?.message.contains("tool") == true)
        #expect(try await scene.gate.read { try $0.callback(of: run) }?.state == .due)
    }

    @Test func aCancelIsNotForgottenWithTheServerThatWasToDoIt() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "Never mind.", telling: "https://till.example/")
        try await working(scene) { () async throws in _ = await scene.upstream.question(1) }
        #expect(try await Runs.requestCancel(run, at: scene.clock.now, in: scene.gate))
        _ = try await scene.heir()
        #expect(try await scene.stored(run)?.status == .canceled)
        #expect(try await scene.gate.read { try $0.callback(of: run) }?.state == .due)
    }

    @Test func whoeverIsAnsweredRemembersWhatWasSaidHoweverManyWaitBehind() async throws {
        let scene = try await Scene {
            $0.historyTurns = 2
            $0.queueWorkers = 1
        }
        let first = try await enqueue(scene, "My name is Ana.")
        let room = try #require(try await scene.stored(first)).conversation
        for words in ["What is my name?", "And now?", "And now?", "And now?"] {
            _ = try await enqueue(scene, words, in: room)
        }
        try await working(scene) { () async throws in
            let question = await scene.upstream.question(1)
            question.say("Hello Ana.")
            question.finish()
            _ = try await settled(scene, first)
            let next = await scene.upstream.question(2).prompt
            #expect(
                next.turns.map(\.parts)
                    == [["My name is Ana."], ["Hello Ana."], ["What is my name?"]].map { $0.map { .text($0) } })
        }
    }

    @Test func aServerThatStopsGivesTheTurnBackAndThatCountsForNothing() async throws {
        let scene = try await Scene(isShared: true) {
            $0.drainStreamsSeconds = 0
            $0.drainRunsSeconds = 0
        }
        let run = try await enqueue(scene, "Are you there?")
        try await working(scene) { () async throws in
            _ = await scene.upstream.question(1)
            await scene.runs.drain()
        }
        #expect(try await scene.stored(run)?.status == .queued)
        #expect(try await scene.gate.read { try $0.turnsTaken(by: run) } == 0)
    }

    @Test func aReaderOfTheLastTurnSeesTheEarlierOnesWithTheirGap() async throws {
        let scene = try await Scene()
        let run = try await enqueue(scene, "Are you there?")
        try await working(scene) { () async throws in
            await scene.upstream.question(1).say("Half")
            try await until {
                scene.clock.advance(by: .milliseconds(50))
                return try await scene.events(run).count == 2
            }
        }
        let heir = try await scene.heir()
        let worker = Task { await heir.takeTurns() }
        let again = await scene.upstream.question(2)
        again.say("Whole")
        guard case .live(let live) = try await heir.reading(run, for: scene.ana) else {
            Issue.record("The run is not live.")
            return
        }
        let (whole, rest, late) = (Reader(of: live), Reader(of: live, from: 1), Reader(of: live, from: 2000))
        again.finish()
        for reader in [whole, rest, late] { await reader.until(.max) }
        worker.cancel()
        #expect(whole.text == "HalfWhole" && rest.text == "HalfWhole" && late.text == "Whole")
        #expect(whole.seen.first?.sequence == 0 && late.seen.first?.sequence == 4097)
    }
}
