package import Logging
import Synchronization

/// Brings the logs of all live runs to the store: their text in one commit per tick, with one multi-row insert in it,
/// and at once what somebody waits for.
package final class Journal: Sendable {
    /// Text is in the store 50 milliseconds after it was shown. What commits do not take of that is time to gather:
    /// the more goes into one, the less each event costs.
    static let longestTick = Duration.milliseconds(35)
    static let shortestTick = Duration.milliseconds(10)
    /// Between attempts to write the end of runs that the store did not take.
    static let mending = Duration.seconds(1)
    /// Before a shared store that could not be reached is tried again.
    static let pause = Duration.milliseconds(100)
    /// How old text may be that is shown but not in the store, in nanoseconds; then no more is shown ahead of it.
    /// Longer than a commit takes on a busy machine, where waiting for the store would only make more work.
    static let lateness: Int64 = 250_000_000

    private struct State {
        /// Runs whose text waits for the tick, and those with an event that somebody waits for. Each stands in one of
        /// them once, however late a note of it comes.
        var queued: [ObjectIdentifier: LiveRun] = [:]
        var urgent: [ObjectIdentifier: LiveRun] = [:]
        var isFlushing = false
        var isTicking = false
        var isDue = false
        /// By the world's uptime, when the oldest event was noted that waits for the tick, and of those being written.
        var queuedSince = Int64.max
        var writingSince = Int64.max
        /// How long commits take lately, in nanoseconds: the slowest one, forgotten by and by.
        var commitTime: Int64 = 0
        var broken: [LiveRun] = []
        var isMending = false

        /// A commit may have to wait for the one before. Where one alone takes too long, haste only makes it longer.
        var tick: Duration {
            let commit = Duration.nanoseconds(commitTime)
            return commit > Journal.longestTick
                ? Journal.longestTick : max(Journal.shortestTick, Journal.longestTick - commit * 2)
        }
    }

    let lease: Leasehold
    private let store: any Store
    private let world: World
    private let news: RunNews
    private let logger: Logger
    private let state = Mutex(State())
    /// When the oldest event was noted that is not in the store, by the world's uptime.
    private let oldest = Atomic<Int64>(.max)
    private let settled = Ear<LiveRun>()

    init(lease: Leasehold, store: any Store, world: World, news: RunNews, logger: Logger) {
        self.lease = lease
        self.store = store
        self.world = world
        self.news = news
        self.logger = logger
    }

    /// Sets who is told that a run's end is durable, or given up.
    func onSettled(_ told: @escaping @Sendable (LiveRun) -> Void) {
        settled.listen(told)
    }

    /// Whether text may be shown before it is in the store. Where the storage is slow, or the server is cut off from
    /// it, more would be shown than a crash may lose.
    var keepsUp: Bool {
        let oldest = oldest.load(ordering: .relaxed)
        return oldest == .max || world.uptime() - oldest < Self.lateness
    }

    /// A run has events to write: now, if hurried, or else at the next tick. What one run hurries for makes no other's
    /// text go out in smaller pieces.
    func note(_ live: LiveRun, hurry: Bool) {
        let (flushNow, startTick) = state.withLock { state in
            if hurry {
                state.queued[ObjectIdentifier(live)] = nil
                state.urgent[ObjectIdentifier(live)] = live
                defer { state.isFlushing = true }
                return (!state.isFlushing, false)
            }
            if state.queued.isEmpty {
                state.queuedSince = world.uptime()
                noteOldest(state)
            }
            state.queued[ObjectIdentifier(live)] = live
            defer { state.isTicking = true }
            return (false, !state.isTicking)
        }
        // Not behind the questions that are just arriving: what was shown already is waiting.
        if flushNow { Task(priority: .high) { await self.flush() } }
        if startTick { Task(priority: .high) { await self.tick() } }
    }

    private func noteOldest(_ state: State) {
        oldest.store(min(state.queuedSince, state.writingSince), ordering: .relaxed)
    }

    private func tick() async {
        try? await world.sleep(state.withLock(\.tick))
        let go = state.withLock { state in
            state.isTicking = false
            state.isDue = true
            defer { state.isFlushing = true }
            return !state.isFlushing
        }
        if go { await flush() }
    }

    /// Writes until nothing is urgent or due; the caller has set `isFlushing`.
    private func flush() async {
        while let runs = takeWaiting() {
            // Rows are locked in the order of their ids, by everyone.
            await write(runs.sorted { $0.id < $1.id }.map { $0.takePortion() })
        }
    }

    /// What is to be written next; nil, and the flush over, when that is nothing.
    private func takeWaiting() -> [LiveRun]? {
        state.withLock { state in
            var runs = state.urgent
            state.urgent.removeAll(keepingCapacity: true)
            var since = world.uptime()
            if state.isDue {
                runs.merge(state.queued) { live, _ in live }
                state.queued.removeAll(keepingCapacity: true)
                since = min(since, state.queuedSince)
                state.queuedSince = .max
                state.isDue = false
            }
            state.writingSince = runs.isEmpty ? .max : since
            state.isFlushing = !runs.isEmpty
            noteOldest(state)
            return runs.isEmpty ? nil : Array(runs.values)
        }
    }

    private func write(_ portions: [LiveRun.Portion]) async {
        let number = lease.number
        // What was begun under an earlier lease is another server's to end.
        let portions = portions.filter { $0.live.run.lease == number }
        var isAgain = false
        while !portions.isEmpty, lease.isHeld(as: number) {
            do {
                let began = world.uptime()
                try await commit(portions, under: number, isAgain: isAgain)
                let took = world.uptime() - began
                state.withLock { $0.commitTime = max(took, $0.commitTime - $0.commitTime / 8) }
                return confirm(portions)
            } catch is Leasehold.Over {
                return lease.noteOver(number)
            } catch  where store.isShared && (error as? Refusal)?.reason == .unavailable {
                // Whether it was committed is not known. While the lease lasts nobody else writes these logs.
                logger.warning("The run log is written again", metadata: ["cause": "\(error)"])
                try? await world.sleep(Self.pause)
                isAgain = true
            } catch {
                return await giveUp(portions, error)
            }
        }
    }

    /// - Throws: `Leasehold.Over` where another server may have taken these runs.
    private func commit(_ portions: [LiveRun.Portion], under number: Int64, isAgain: Bool) async throws {
        let isShared = store.isShared
        try await store.writeFirst { rows in
            if isShared, try !rows.holdsLease(number) { throw Leasehold.Over() }
            var events = portions.flatMap { portion in portion.events.map { (run: portion.live.id, event: $0) } }
            if isAgain {
                let known = try rows.newestSequences(of: portions.map(\.live.id))
                events.removeAll { $0.event.sequence <= known[$0.run] ?? -1 }
            }
            if !events.isEmpty { try rows.append(events) }
            for portion in portions {
                if let mark = portion.mark { try rows.raiseReserved(of: portion.live.id, to: mark) }
                guard let run = portion.ended else { continue }
                try rows.end(run)
                if portion.live.turn > 0 { try Runs.leaveQueue(run.id, at: run.endedAt ?? run.createdAt, in: rows) }
            }
        }
    }

    private func confirm(_ portions: [LiveRun.Portion]) {
        let runs = portions.map(\.live.id)
        news.tell(runs)
        if lease.hasNeighbours { store.announce(.grown(runs)) }
        for portion in portions {
            portion.live.confirm(portion)
            if portion.ended != nil { settled.tell(portion.live) }
        }
    }

    private func giveUp(_ portions: [LiveRun.Portion], _ error: any Error) async {
        // What concerns one run must not end the others; a store that fails fails for all.
        if portions.count > 1, (error as? Refusal)?.reason != .unavailable {
            for portion in portions { await write([portion]) }
            return
        }
        logger.error(
            "The run log could not be written", metadata: ["cause": "\(error)", "runs": "\(portions.count)"])
        breakOff(portions.map(\.live))
    }

    private func breakOff(_ runs: [LiveRun]) {
        for live in runs { live.breakOff(Refusal(.unavailable, "The server could not write its log.")) }
        let start = state.withLock { state in
            state.broken += runs
            defer { state.isMending = true }
            return !state.isMending
        }
        if start { Task { await self.mend() } }
    }

    /// Queues the broken runs again after a while; a restart would settle them too. Only the flush writes, so that no
    /// event is written twice.
    private func mend() async {
        try? await world.sleep(Self.mending)
        let runs = state.withLock { state in
            state.isMending = false
            defer { state.broken.removeAll() }
            return state.broken
        }
        for live in runs where live.queueAgain() { note(live, hurry: true) }
    }
}
