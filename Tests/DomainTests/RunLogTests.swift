import Domain
import TestKit
import Testing

/// What of a run may be seen, and when.
@Suite struct RunLogTests {
    @Test func textIsShownBeforeItIsDurable() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        scene.gate.hold()
        question.say("Forty", "-two")
        await reader.until(3)
        #expect(reader.text == "Forty-two")
        #expect(try await scene.events(live.id).count == 1)
        scene.gate.letGo()
    }

    @Test func theEndIsShownOnlyOnceItIsDurable() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        scene.gate.hold()
        question.say("Yes.")
        question.finish()
        await scene.gate.untilHeld()
        #expect(reader.seen.last?.isTerminal == false)
        scene.gate.letGo()
        await reader.untilEnd()
        #expect(reader.seen.last?.kind == .finished(.stop))
        #expect(try await scene.events(live.id) == reader.seen)
    }

    @Test func numbersAreDenseFromZero() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        for word in 0..<100 { question.say("\(word) ") }
        question.finish()
        await reader.untilEnd()
        #expect(reader.seen.map(\.sequence) == Array(0..<Int64(reader.seen.count)))
    }

    @Test func textWaitsForTheTickAndGoesInOneStatement() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let sleeps = scene.clock.sleepCount
        for word in 0..<200 { question.say("\(word) ") }
        await scene.clock.untilSleeps(sleeps + 1)
        #expect(try await scene.events(live.id).count == 1)
        scene.clock.advance(by: .milliseconds(50))
        try await until { try await scene.events(live.id).count == 201 }
    }

    @Test func numbersPastTheMarkAreHeldBackUntilTheMarkIsRaised() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        let mark = live.mark
        scene.gate.hold()
        for _ in 0...(mark + 10) { question.say("x") }
        await scene.gate.untilHeld()
        await reader.until(Int(mark) + 1)
        #expect(reader.seen.last?.sequence == mark)
        scene.gate.letGo()
        await reader.until(Int(mark) + 12)
        #expect(live.mark > mark)
        question.finish()
        await reader.untilEnd()
        #expect(reader.seen.map(\.sequence) == Array(0..<Int64(reader.seen.count)))
    }

    @Test func twoReadersSeeTheSame() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let first = Reader(of: live)
        question.say("a", "b")
        let second = Reader(of: live)
        question.say("c")
        question.finish()
        await first.untilEnd()
        await second.untilEnd()
        #expect(first.seen == second.seen)
        #expect(first.text == "abc")
    }

    @Test func aStoreThatDoesNotTakeTheLogEndsTheRunAndMendsLater() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        scene.gate.fail(with: Refusal(.unavailable, "The disk is full."))
        question.say("Half an ans")
        question.finish()
        await reader.untilEnd()
        guard case .failed(let refusal) = reader.seen.last?.kind else { return #expect(Bool(false), "not failed") }
        #expect(refusal.reason == .unavailable)
        scene.gate.fail(with: nil)
        try await until {
            scene.clock.advance(by: .seconds(1))
            return try await scene.stored(live.id)?.status == .failed
        }
        #expect(try await scene.events(live.id) == reader.seen)
    }

    @Test func whatAKilledServerHadStoredIsTheAnswerHoweverLong() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let pieces = (0..<1200).map { "\($0) " }
        for piece in pieces { question.say(piece) }
        try await until {
            scene.clock.advance(by: .milliseconds(50))
            return try await scene.events(live.id).count == 1201
        }
        #expect(try await scene.runs.settleLeftovers() == 1)
        let run = try #require(try await scene.stored(live.id))
        #expect(run.status == .failed)
        #expect(run.answer == pieces.joined())
    }

    @Test func whatAKilledServerLeftEndsPastTheMark() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("never stored")
        #expect(try await scene.runs.settleLeftovers() == 1)
        let run = try #require(try await scene.stored(live.id))
        #expect(run.status == .failed)
        let events = try await scene.events(live.id)
        #expect(events.map(\.sequence) == [0, live.mark + 1])
        #expect(run.last == live.mark + 1)
        #expect(try await scene.runs.settleLeftovers() == 0)
    }
}
