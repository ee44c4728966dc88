import Domain
import TestKit
import Testing

/// How a run gets its answer, or does not.
@Suite struct AnsweringTests {
    private func end(of live: LiveRun) async -> Run {
        let reader = Reader(of: live)
        await reader.untilEnd()
        return live.outcome
    }

    @Test func anAnswerIsKeptWholeWithItsUsage() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("Good ", "day")
        question.answer.received(.usage(Usage(inputTokens: 5, outputTokens: 2)))
        question.finish()
        let run = await end(of: live)
        #expect(run.answer == "Good day")
        #expect(run.usage == Usage(inputTokens: 5, outputTokens: 2))
        let stored = try #require(try await scene.stored(live.id))
        #expect(stored.answer == "Good day")
        #expect(stored.finishReason == .stop)
    }

    @Test func usageIsEstimatedWhereTheUpstreamCountsNothing() async throws {
        let scene = try await Scene()
        let live = try await scene.live("12345678")
        let question = await scene.upstream.question(1)
        question.say("1234")
        question.finish()
        let run = await end(of: live)
        #expect(run.usage == Usage(inputTokens: 2, outputTokens: 1, estimated: true))
    }

    @Test func aTransientFaultIsTriedAgainBeforeTheFirstToken() async throws {
        let scene = try await Scene(retries: 1)
        let live = try await scene.live()
        let sleeps = scene.clock.sleepCount
        await scene.upstream.question(1).fail("busy", isTransient: true, retryAfter: 3)
        await scene.clock.untilSleeps(sleeps + 1)
        scene.clock.advance(by: .seconds(2))
        #expect(scene.upstream.count == 1)
        scene.clock.advance(by: .seconds(2))
        let again = await scene.upstream.question(2)
        again.say("here")
        again.finish()
        #expect(await end(of: live).answer == "here")
    }

    @Test func aFaultAfterTheFirstTokenEndsTheRun() async throws {
        let scene = try await Scene(retries: 3, fallback: [.init(upstream: "scripted", model: "second")])
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("I think")
        question.fail("gone", isTransient: true)
        let run = await end(of: live)
        #expect(run.status == .failed)
        #expect(run.answer == "I think")
        #expect(run.refusal?.message == "gone")
        #expect(scene.upstream.count == 1)
    }

    @Test func theFallbackIsAskedInOrder() async throws {
        let scene = try await Scene(fallback: [.init(upstream: "scripted", model: "second")])
        let live = try await scene.live()
        let first = await scene.upstream.question(1)
        #expect(first.prompt.model == "first")
        first.fail("no such model", isTransient: false)
        let second = await scene.upstream.question(2)
        #expect(second.prompt.model == "second")
        second.fail("nor this", isTransient: false)
        let run = await end(of: live)
        #expect(run.status == .failed)
        #expect(run.refusal?.message == "nor this")
    }

    @Test(arguments: [
        // What is said in pieces, and what of it is kept in ten bytes.
        (["0123456789", "x"], "0123456789"), (["0123456", "789xyz"], "0123456789"), (["0123456789abc"], "0123456789"),
        (["01234567é9"], "01234567é"), (["012345678é"], "012345678"), (["01234567", "👩‍👩‍👧 hello"], "01234567"),
        (["012345678", "\r\n"], "012345678"),
    ])
    func anAnswerIsCutAtItsLimitBetweenTwoCharacters(pieces: [String], kept: String) async throws {
        let scene = try await Scene { $0.outputBytes = 10 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        for piece in pieces { question.say(piece) }
        let run = await end(of: live)
        #expect(run.finishReason == .length)
        #expect(run.answer == kept)
        #expect(run.usage?.outputTokens == (kept.utf8.count + 3) / 4)
        #expect(question.isCanceled)
        #expect(try await scene.stored(live.id)?.answer == kept)
    }

    @Test func anAnswerOfJustItsLimitIsComplete() async throws {
        let scene = try await Scene { $0.outputBytes = 10 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("01234", "56789")
        question.finish()
        #expect(await end(of: live).finishReason == .stop)
    }

    @Test func aToolCallThatIsTooMuchIsLeftOutWhole() async throws {
        let scene = try await Scene { $0.outputBytes = 10 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.answer.received(.toolCall("{\"a\":1}"))
        question.answer.received(.toolCall("{\"b\":2}"))
        #expect(await end(of: live).finishReason == .length)
        let calls = try await scene.events(live.id).filter { if case .toolCall = $0.kind { true } else { false } }
        #expect(calls.map(\.kind) == [.toolCall("{\"a\":1}")])
    }

    @Test func aCancelReachesTheUpstream() async throws {
        let scene = try await Scene()
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        question.say("on and on")
        #expect(scene.runs.cancel(live))
        #expect(question.isCanceled)
        #expect(await end(of: live).status == .canceled)
        question.say("not heard")
        #expect(!scene.runs.cancel(live))
        #expect(live.outcome.answer == "on and on")
    }

    @Test func earlierTurnsComeFromTheConversation() async throws {
        let scene = try await Scene()
        let first = try await scene.live("My name is Ana.", in: "talk")
        let question = await scene.upstream.question(1)
        question.say("Hello Ana.")
        question.finish()
        _ = await end(of: first)
        _ = try await scene.live("Who am I?", in: "talk")
        let turns = await scene.upstream.question(2).prompt.turns
        #expect(turns.map(\.role) == [.user, .assistant, .user])
        #expect(turns.map(\.parts) == [[.text("My name is Ana.")], [.text("Hello Ana.")], [.text("Who am I?")]])
    }

    @Test func anUnknownUpstreamIsARefusal() async throws {
        let scene = try await Scene()
        var agent = scene.agent
        agent.source.upstream = "nowhere"
        let order = Runs.Order(
            principal: scene.ana, agent: agent, conversation: nil, question: Question(messages: [Message(.user, "?")]))
        await #expect(throws: Refusal.self) { try await scene.runs.start(order) }
    }
}
