import Synchronization

/// Who is woken when a live run has something new to show.
package protocol RunFollower: AnyObject, Sendable {
    /// Called from whichever thread made the news; must not block.
    func wake()
}

/// A run that this server is answering: its log in memory, ahead of the store by what is on its way there.
///
/// Text is shown as soon as it is appended, while the store keeps up; every other event, and all text after it, only
/// once it is durable.
/// No number past the reserved mark is shown before the mark is raised.
package final class LiveRun: Sendable {
    /// How far past the last event the mark is raised, and how near the log may come before it is.
    static let markStep: Int64 = 4096
    static let markMargin: Int64 = 1024
    /// Text waiting for the store at which it is sent there without waiting for the tick.
    static let hurryBytes = 16 * 1024

    struct State {
        var events: [RunEvent] = []
        /// Where in `events` this turn of the run begins, and with which number. Before it stands what the log has of
        /// earlier turns, with gaps between their numbers.
        var beginning: (place: Int, sequence: Int64) = (0, 0)
        /// Events at the beginning of `events` that are in the store, and that may be shown.
        var durable = 0
        var shown = 0
        var reserved: Int64
        var pendingBytes = 0
        var outputBytes = 0
        var isQueued = false
        /// A portion of it is on its way to the store.
        var isBeingWritten = false
        var isHurried = false
        var hasEnded = false
        /// Recorded in the store; before that nothing is appended, and an end that was asked for waits.
        var isOpen = false
        var early: RunEvent.Kind?
        /// The failure of a store that did not take the log, shown although it is not durable.
        var isBroken = false
        /// Its readers are to go on elsewhere: this server is about to stop, or no longer holds the run.
        var isHandedOver = false
        /// The lease is over: nothing is written any more, nor shown.
        var isLost = false
        var followers: [any RunFollower] = []
        /// Moves with every follower who comes, so that a grace period knows it was interrupted.
        var arrivals = 0
    }

    package let run: Run
    /// Which turn of a run of the queue it is, from 1; 0 for one that never waited.
    let turn: Int
    package let leaving: Agent.Leaving
    let journal: Journal
    let world: World
    let state: Mutex<State>

    package init(_ run: Run, turn: Int = 0, leaving: Agent.Leaving, journal: Journal, world: World) {
        self.run = run
        self.turn = turn
        self.leaving = leaving
        self.journal = journal
        self.world = world
        state = Mutex(State(reserved: run.reserved))
    }

    package var id: ID { run.id }

    /// The first events, which are in the store already; the last of them begins this turn.
    func open(with events: [RunEvent]) {
        let (followers, early) = state.withLock { state in
            state.events = events
            if let last = events.last { state.beginning = (events.count - 1, last.sequence) }
            state.durable = events.count
            state.shown = events.count
            state.isOpen = true
            return (state.followers, state.early)
        }
        followers.forEach { $0.wake() }
        if let early { append(early) }
    }

    /// Appends what happened, in one step; nothing after the end.
    /// - Returns: whether the run goes on, and UTF-8 bytes of text so far.
    @discardableResult
    func append(_ kinds: RunEvent.Kind...) -> (isOpen: Bool, outputBytes: Int) {
        guard journal.lease.isHeld(as: run.lease) else { return (false, 0) }
        let moment = world.now()
        var news = News()
        let keepsUp = journal.keepsUp
        let standing = state.withLock { state in
            for kind in kinds where !state.hasEnded && !state.isLost { state.add(kind, at: moment, &news) }
            if !news.isEmpty { news.note(&state, keepsUp: keepsUp) }
            return (!state.hasEnded && !state.isLost, state.outputBytes)
        }
        if news.isForJournal { journal.note(self, hurry: news.isHurried) }
        news.followers.forEach { $0.wake() }
        return standing
    }

    /// What an append asks of others, done after the lock is given back.
    struct News {
        var isEmpty = true
        var isHurried = false
        var isForJournal = false
        var followers: [any RunFollower] = []

        mutating func note(_ state: inout State, keepsUp: Bool) {
            let hurry = (isHurried || state.pendingBytes >= LiveRun.hurryBytes) && !state.isHurried
            isHurried = hurry
            isForJournal = !state.isQueued || hurry
            state.isQueued = true
            if hurry { state.isHurried = true }
            if state.show(keepsUp: keepsUp) { followers = state.followers }
        }
    }
}

extension LiveRun.State {
    /// Never that of an event of an earlier turn, which may have been seen.
    var nextSequence: Int64 { max(events.last.map { $0.sequence + 1 } ?? 0, beginning.sequence) }

    /// Where the first event stands whose number is this one or higher.
    func place(of sequence: Int) -> Int {
        let distance = sequence - Int(beginning.sequence)
        if distance >= 0 { return beginning.place + distance }
        return events[..<beginning.place].firstIndex { $0.sequence >= sequence } ?? beginning.place
    }

    mutating func add(_ kind: RunEvent.Kind, at moment: Timestamp, _ news: inout LiveRun.News) {
        let event = RunEvent(sequence: nextSequence, at: moment, kind: kind)
        switch kind {
        case .text(let text), .choices(let text):
            pendingBytes += text.utf8.count
            outputBytes += text.utf8.count
        case .toolCall(let json):
            outputBytes += json.utf8.count
            news.isHurried = true
        case .started, .stepStarted, .stepFinished, .usage, .finished, .failed, .canceled: news.isHurried = true
        }
        // Near the mark, the mark must rise before the tick, or the stream would stall at it.
        if event.sequence + LiveRun.markMargin > reserved { news.isHurried = true }
        hasEnded = event.isTerminal
        events.append(event)
        news.isEmpty = false
    }

    /// Moves the edge of what may be seen; true if it moved.
    /// - Parameter keepsUp: false while the journal waits for the store, and text waits too.
    mutating func show(keepsUp: Bool = true) -> Bool {
        let before = shown
        while shown < events.count {
            let event = events[shown]
            let isEarly = keepsUp && event.isShownEarly && event.sequence <= reserved
            guard isBroken || shown < durable || isEarly else { break }
            shown += 1
        }
        return shown > before
    }
}
