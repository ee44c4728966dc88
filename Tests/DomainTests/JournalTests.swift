import Domain
import TestKit
import Testing

/// Bringing the logs of many runs to the store together.
@Suite struct JournalTests {
    @Test func aRunWhoseLogCannotBeWrittenDoesNotEndTheOthers() async throws {
        let scene = try await Scene()
        let (broken, sound) = (try await scene.live(), try await scene.live())
        let (brokenReader, soundReader) = (Reader(of: broken), Reader(of: sound))
        let questions = (await scene.upstream.question(1), await scene.upstream.question(2))
        // The number that the first run's next event will have is taken already.
        let foreign = RunEvent(sequence: 1, at: scene.clock.now, kind: .text("not mine"))
        try await scene.gate.write { try $0.append([(broken.id, foreign)]) }
        let sleeps = scene.clock.sleepCount
        questions.0.say("lost")
        questions.1.say("kept")
        await scene.clock.untilSleeps(sleeps + 1)
        scene.clock.advance(by: .milliseconds(50))
        await brokenReader.untilEnd()
        guard case .failed(let refusal) = brokenReader.seen.last?.kind else {
            return #expect(Bool(false), "not failed")
        }
        #expect(refusal.reason == .unavailable)
        #expect(questions.1.isCanceled == false)
        questions.1.finish()
        await soundReader.untilEnd()
        #expect(sound.outcome.status == .finished)
        #expect(try await scene.stored(sound.id)?.answer == "kept")
        #expect(try await scene.events(sound.id) == soundReader.seen)
    }
}
