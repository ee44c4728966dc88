import Domain
import TestKit
import Testing

/// What a server does with the lease on its runs, where it is not alone.
@Suite struct LeaseTests {
    /// Longer than any lease.
    private static let night = Duration.seconds(Leasehold.seconds + 1)

    @Test func aRunCarriesTheNumberOfItsLease() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let number = live.run.lease
        #expect(number > 0)
        #expect(try await scene.gate.read { try $0.runsHeld(under: number) } == [live.id])
    }

    @Test func pastItsLeaseAServerNeitherShowsNorWrites() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        question.say("before")
        await reader.until(2)
        try await until {
            scene.clock.advance(by: .milliseconds(50))
            return try await scene.events(live.id).count == 2
        }
        scene.clock.advance(by: Self.night)
        question.say("after")
        question.finish()
        try await until { live.isLost && live.isHandedOver }
        scene.clock.advance(by: .milliseconds(50))
        #expect(reader.text == "before")
        #expect(scene.runs.liveCount == 0)
        #expect(try await scene.events(live.id).count == 2)
    }

    @Test func aLostRunsUpstreamIsLeft() async throws {
        let scene = try await Scene(isShared: true)
        _ = try await scene.live()
        let question = await scene.upstream.question(1)
        scene.clock.advance(by: Self.night)
        question.say("too late")
        try await until { question.isCanceled }
    }

    @Test func withoutALeaseNothingIsStarted() async throws {
        let scene = try await Scene(isShared: true)
        scene.clock.advance(by: Self.night)
        let refusal = await #expect(throws: Refusal.self) { try await scene.ask() }
        #expect(refusal?.reason == .unavailable)
        #expect(!scene.runs.holdsLease)
    }

    @Test func aServerThatLostItsLeaseTakesANewOneAndEndsWhatItLeft() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let duties = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await scene.runs.keepLease() }
                group.addTask { await scene.runs.keepOrder() }
            }
        }
        try await until {
            scene.clock.advance(by: Self.night)
            return try await scene.stored(live.id)?.status == .failed && scene.runs.holdsLease
        }
        duties.cancel()
        let log = try await scene.events(live.id)
        #expect(log.last?.sequence == live.run.reserved + 1)
        #expect(try await scene.live().run.lease > live.run.lease)
    }

    @Test func theEndOfALeaseIsNoticedWhileTheStoreIsSilent() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        scene.gate.hold()
        let duty = Task { await scene.runs.keepLease() }
        try await until {
            scene.clock.advance(by: .seconds(1))
            return live.isLost && live.isHandedOver
        }
        scene.gate.letGo()
        duty.cancel()
        await duty.value
    }

    @Test func aRunOfAnEarlierLeaseIsNeitherShownNorWritten() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        // Another server has found the lease over, and the run without a holder.
        #expect(try await scene.runs.settleLeftovers() == 1)
        let log = try await scene.events(live.id)
        question.say("too late")
        question.finish()
        scene.clock.advance(by: .milliseconds(50))
        let next = try await scene.live()
        #expect(next.run.lease > live.run.lease)
        #expect(reader.text == "")
        #expect(try await scene.events(live.id) == log)
    }

    @Test func aRunWhoseLeaseIsLostBeforeItIsRecordedIsNotAsked() async throws {
        let scene = try await Scene(isShared: true)
        scene.gate.hold()
        let asking = Task { try await scene.ask().reading }
        await scene.gate.untilHeld()
        scene.clock.advance(by: Self.night)
        #expect(!scene.runs.holdsLease)
        try await until { scene.runs.liveCount == 0 }
        scene.gate.letGo()
        guard case .live(let live) = try await asking.value else { return #expect(Bool(false), "not live") }
        try await until { live.isHandedOver }
        #expect(scene.upstream.count == 0)
    }

    @Test func textIsNotShownFarAheadOfAStoreThatIsSilent() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        scene.gate.hold()
        let sleeps = scene.clock.sleepCount
        question.say("at once")
        await scene.clock.untilSleeps(sleeps + 1)
        scene.clock.advance(by: .milliseconds(50))
        await scene.gate.untilHeld()
        question.say(", still")
        scene.clock.advance(by: .milliseconds(300))
        question.say(", later")
        #expect(reader.text == "at once, still")
        scene.gate.letGo()
        await reader.until(4)
        #expect(reader.text == "at once, still, later")
    }

    @Test func aStoreThatCannotBeReachedForAMomentLosesNothing() async throws {
        let scene = try await Scene(isShared: true)
        let live = try await scene.live()
        let reader = Reader(of: live)
        let question = await scene.upstream.question(1)
        scene.gate.fail(with: Refusal(.unavailable, "gone for a moment"))
        question.say("kept")
        question.finish()
        await reader.until(2)
        let sleeps = scene.clock.sleepCount
        await scene.clock.untilSleeps(sleeps)
        scene.gate.fail(with: nil)
        try await until {
            scene.clock.advance(by: .milliseconds(100))
            return reader.seen.last?.isTerminal == true
        }
        #expect(reader.seen.last?.kind == .finished(.stop))
        #expect(try await scene.events(live.id) == reader.seen)
    }

    @Test func aStoppingServerSendsReadersElsewhereAndGoesOnWithItsRuns() async throws {
        let scene = try await Scene(isShared: true) {
            $0.drainStreamsSeconds = 1
            $0.drainRunsSeconds = 60
        }
        let live = try await scene.live()
        let question = await scene.upstream.question(1)
        let drain = Task { await scene.runs.drain() }
        try await until {
            scene.clock.advance(by: .milliseconds(20))
            return live.isHandedOver
        }
        question.say("still written")
        question.finish()
        try await until {
            scene.clock.advance(by: .milliseconds(100))
            return try await scene.stored(live.id)?.status == .finished
        }
        try await until {
            scene.clock.advance(by: .milliseconds(100))
            return scene.runs.liveCount == 0
        }
        drain.cancel()
        await drain.value
    }
}
