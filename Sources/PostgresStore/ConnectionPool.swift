import Domain
import Foundation
import Synchronization

/// Connections of one role, each on a thread of its own; callers wait in the order they came, but for those
/// who are let in first.
///
/// A thread begins when a caller finds none free, and ends when it has lost its connection and nobody waits.
final class ConnectionPool: Sendable {
    private struct State {
        var waiting: [Ticket] = []
        var threads = 0
        var idle = 0
        var isClosed = false
        var isWatched = false
        /// When a caller's turn came last.
        var lastTaken = 0.0
        /// The newest trouble that was told, so that it is told once.
        var trouble: String?
    }

    let role: Session.Role
    private let size: Int
    private let patienceSeconds: Double
    private let makeSession: @Sendable () throws -> Session
    private let onFault: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// Rung for each caller that an idle thread is to take.
    private let bell = DispatchSemaphore(value: 0)
    /// Rung for each thread when the store closes.
    private let closing = DispatchSemaphore(value: 0)
    private let open = DispatchGroup()

    init(
        _ role: Session.Role, size: Int, patienceSeconds: Double, onFault: @escaping @Sendable (String) -> Void,
        makeSession: @escaping @Sendable () throws -> Session
    ) {
        self.role = role
        self.size = size
        self.patienceSeconds = patienceSeconds
        self.onFault = onFault
        self.makeSession = makeSession
    }

    /// For one whose connection was lost: it is the next.
    private func putBack(_ ticket: Ticket, isLoss: Bool) {
        var ticket = ticket
        if isLoss { ticket.lost += 1 }
        guard ticket.lost < Ticket.losses else { return ticket.refuse(StorageFault.unreachable) }
        submit(ticket, isFirst: true)
    }

    func submit(_ ticket: Ticket, isFirst: Bool = false) {
        var ticket = ticket
        ticket.deadline = Self.now + patienceSeconds
        let (isClosed, isIdle, isNew, watches) = state.withLock { state in
            if state.isClosed { return (true, false, false, false) }
            state.waiting.insert(ticket, at: isFirst ? 0 : state.waiting.endIndex)
            defer { state.isWatched = true }
            if state.idle > 0 {
                state.idle -= 1
                return (false, true, false, !state.isWatched)
            }
            let isNew = state.threads < size
            if isNew { state.threads += 1 }
            return (false, false, isNew, !state.isWatched)
        }
        if isClosed { return ticket.refuse(StorageFault.closed) }
        if isIdle { bell.signal() }
        if isNew { beginThread() }
        if watches { watch() }
    }

    /// Between two attempts to connect: short beside a lease, so that a restart of the database costs none.
    private static let longestPause = 0.5

    private static var now: Double { ProcessInfo.processInfo.systemUptime }
}

/// The threads.
extension ConnectionPool {
    private func beginThread() {
        let thread = Thread { self.live() }
        thread.name = "postgres.\(role.rawValue)"
        thread.start()
    }

    private func live() {
        var backoff = Backoff(mostSeconds: Self.longestPause)
        while isWanted {
            do {
                let session = try makeSession()
                backoff = Backoff(mostSeconds: Self.longestPause)
                state.withLock { $0.trouble = nil }
                open.enter()
                serve(on: session)
                session.connection.close()
                open.leave()
            } catch {
                tell(error)
                _ = closing.wait(timeout: .now() + backoff.next())
            }
        }
    }

    private func serve(on session: Session) {
        while session.isUsable, let ticket = take() {
            if session.connection.isStale {
                putBack(ticket, isLoss: false)
                return
            }
            if !ticket.attempt(session) { putBack(ticket, isLoss: true) }
        }
    }

    /// Whether somebody waits for a connection; the thread ends if nobody does.
    private var isWanted: Bool {
        state.withLock { state in
            let isWanted = !state.waiting.isEmpty && !state.isClosed
            if !isWanted { state.threads -= 1 }
            return isWanted
        }
    }

    /// The next caller; nil when the store is closed.
    private func take() -> Ticket? {
        while true {
            let (ticket, isClosed) = state.withLock { state -> (Ticket?, Bool) in
                guard !state.waiting.isEmpty else {
                    if !state.isClosed { state.idle += 1 }
                    return (nil, state.isClosed)
                }
                state.lastTaken = Self.now
                return (state.waiting.removeFirst(), false)
            }
            if ticket != nil || isClosed { return ticket }
            bell.wait()
        }
    }

    private func tell(_ error: any Error) {
        let trouble = (error as? DatabaseFault)?.message ?? "\(error)"
        let isNew = state.withLock { state in
            defer { state.trouble = trouble }
            return state.trouble != trouble
        }
        if isNew { onFault(trouble) }
    }
}

/// Those who wait in vain.
extension ConnectionPool {
    private func watch() {
        DispatchQueue.global().asyncAfter(deadline: .now() + patienceSeconds / 5) { [weak self] in self?.look() }
    }

    /// Refuses who has waited too long while nobody's turn came.
    private func look() {
        let now = Self.now
        let (late, isNeeded) = state.withLock { state -> ([Ticket], Bool) in
            var late: [Ticket] = []
            if now - state.lastTaken >= patienceSeconds {
                late = state.waiting.filter { $0.deadline <= now }
                state.waiting.removeAll { $0.deadline <= now }
            }
            state.isWatched = !state.waiting.isEmpty
            return (late, state.isWatched)
        }
        for ticket in late { ticket.refuse(StorageFault.unreachable) }
        if isNeeded { watch() }
    }

    /// Refuses those who wait; what is under way is finished.
    func stop() {
        let (refused, threads) = state.withLock { state in
            state.isClosed = true
            state.idle = 0
            defer { state.waiting = [] }
            return (state.waiting, state.threads)
        }
        for _ in 0..<threads {
            bell.signal()
            closing.signal()
        }
        for ticket in refused { ticket.refuse(StorageFault.closed) }
    }

    /// Waits until every connection is given back, but not for a server that does not answer.
    func waitUntilStopped() {
        _ = open.wait(timeout: .now() + patienceSeconds)
    }
}

/// How long to wait before the next attempt: twice as long each time, and never quite the same.
struct Backoff {
    private var seconds = 0.1
    private let most: Double

    init(mostSeconds: Double) {
        most = mostSeconds
    }

    mutating func next() -> Double {
        defer { seconds = min(seconds * 2, most) }
        return min(seconds, most) * .random(in: 0.5...1)
    }
}
