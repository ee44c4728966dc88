import Domain
import TestKit
import Testing

/// What becomes of a run when its last reader leaves.
@Suite struct LeavingTests {
    @Test func cancelEndsTheRunAtOnce() async throws {
        let scene = try await Scene(leaving: .cancel)
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let reader = Reader(of: live)
        scene.runs.leave(live, reader)
        #expect(question.isCanceled)
    }

    @Test func continueLetsItFinish() async throws {
        let scene = try await Scene(leaving: .continue)
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let reader = Reader(of: live)
        scene.runs.leave(live, reader)
        question.say("done")
        question.finish()
        let later = Reader(of: live)
        await later.untilEnd()
        #expect(later.text == "done")
    }

    @Test func graceWaitsAndThenCancels() async throws {
        let scene = try await Scene(leaving: .grace) { $0.graceSeconds = 15 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let reader = Reader(of: live)
        let sleeps = scene.clock.sleepCount
        scene.runs.leave(live, reader)
        await scene.clock.untilSleeps(sleeps + 1)
        scene.clock.advance(by: .seconds(14))
        #expect(!question.isCanceled)
        scene.clock.advance(by: .seconds(2))
        try await until { question.isCanceled }
    }

    @Test func whoComesBackWithinTheGraceKeepsTheRun() async throws {
        let scene = try await Scene(leaving: .grace) { $0.graceSeconds = 15 }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let reader = Reader(of: live)
        let sleeps = scene.clock.sleepCount
        scene.runs.leave(live, reader)
        await scene.clock.untilSleeps(sleeps + 1)
        let back = Reader(of: live)
        scene.clock.advance(by: .seconds(60))
        question.say("still here")
        question.finish()
        await back.untilEnd()
        #expect(back.text == "still here")
    }

    @Test func oneOfTwoReadersMayLeave() async throws {
        let scene = try await Scene(leaving: .cancel)
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let stays = Reader(of: live)
        let leaves = Reader(of: live)
        scene.runs.leave(live, leaves)
        #expect(!question.isCanceled)
        scene.runs.leave(live, stays)
        #expect(question.isCanceled)
    }
}
