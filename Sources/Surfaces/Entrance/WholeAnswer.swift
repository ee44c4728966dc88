import Domain
import Hummingbird
import NIOCore

/// A run's answer in one piece, for those who wait for it.
struct WholeAnswer: Sendable {
    let runs: Runs

    /// A repeated request whose first is still running is told so.
    /// - Returns: the run, ended unless whoever asked has left or is to ask elsewhere.
    func run(_ reading: Runs.Reading, isRepeated: Bool, _ context: DoorContext) async throws -> Run {
        switch reading {
        case .stored(let run):
            guard run.status.isOver else { throw Self.stillRunning }
            return try await runs.whole(run)
        case .live(let live):
            guard !isRepeated || live.hasEnded else { throw Self.stillRunning }
            let run = await wait(for: live, on: context.channel)
            if live.isLost { throw Refusal.storeUnreachable }
            return run
        }
    }

    /// How a run stands now, with what was asked and answered so far.
    func now(_ reading: Runs.Reading) async throws -> Run {
        switch reading {
        case .live(let live): live.outcome
        case .stored(let run): try await runs.whole(run)
        }
    }

    /// Waits no longer than the connection is there.
    private func wait(for live: LiveRun, on channel: any Channel) async -> Run {
        let waiter = RunWaiter()
        channel.eventLoop.execute {
            guard channel.isActive,
                let watch = try? channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
            else { return waiter.stop() }
            watch.watch { waiter.stop() }
        }
        let run = await runs.outcome(of: live, waiter: waiter)
        channel.eventLoop.execute {
            try? channel.pipeline.syncOperations.handler(type: ConnectionWatch.self).unwatch()
        }
        return run
    }

    private static let stillRunning = Refusal(
        .conflict, "The request with this Idempotency-Key is still being answered.", field: "Idempotency-Key",
        retryAfterSeconds: 1)
}
