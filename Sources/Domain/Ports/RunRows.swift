/// The runs, without their logs.
package protocol RunRows {
    func insert(_ run: Run) throws
    func update(_ question: Question, of run: ID) throws
    /// - Parameter withAnswer: false leaves the answer empty, and unread.
    func run(id: ID, withAnswer: Bool) throws -> Run?
    /// As many runs of a conversation as the page has room for; at least one, if there is any.
    func runs(_ page: RunPage) throws -> [Run]
    /// Writes how a run ended that had not yet: status, answer, reason or refusal, usage, time and number of the
    /// terminal event.
    func end(_ run: Run) throws
}

/// The runs that are under way.
package protocol RunningRows {
    /// Those whose lease is over, in the order of their ids, kept from others until this transaction is over.
    func abandonedRuns(limit: Int) throws -> [Run]
    /// How many runs of an account are under way. Until this transaction is over nobody else learns it, so that a
    /// limit holds however many begin at once.
    func countRunning(account: ID) throws -> Int
    /// The runs of a conversation that are under way, or wait for their turn, in the order of their ids.
    func unfinishedRuns(account: ID, conversation: String) throws -> [ID]
    /// Running runs under a lease.
    func runsHeld(under lease: Int64) throws -> [ID]
}

/// A part of a conversation's runs, in the order of their ids, which is that of their beginnings.
package struct RunPage: Sendable {
    package var account: ID
    package var conversation: String
    package var limit: Int
    /// What questions and answers may take together, as they are stored; reading stops before the run that is too
    /// much.
    package var bytes: Int
    package var newestFirst: Bool
    /// Without those that are under way, or wait for their turn.
    package var isOfEnded = false
    /// The run that the page begins at, or right after; nil begins at the first there is.
    package var start: (run: ID, isIncluded: Bool)?

    package init(
        account: ID, conversation: String, limit: Int, bytes: Int, newestFirst: Bool,
        start: (run: ID, isIncluded: Bool)? = nil
    ) {
        self.account = account
        self.conversation = conversation
        self.limit = limit
        self.bytes = bytes
        self.newestFirst = newestFirst
        self.start = start
    }
}

/// The runs without what was asked and answered, so that many of them can be read.
package protocol RunSummaryRows {
    func summary(of run: ID) throws -> RunSummary?
    /// Newest first.
    func summaries(limit: Int, status: Run.Status?) throws -> [RunSummary]
}

/// The leases under which servers hold their runs; time is the storage's own clock.
package protocol LeaseRows {
    /// A lease under a number that no other ever had. On a store that is not shared it ends every other.
    func takeLease(seconds: Int) throws -> Int64
    /// Lengthens a lease that still lasts.
    /// - Returns: how many servers hold a lease now, this one included; 0 if this one is over.
    func renewLease(_ number: Int64, seconds: Int) throws -> Int
    /// Whether it still lasts; nobody can end it before this transaction is over.
    func holdsLease(_ number: Int64) throws -> Bool
    func endLease(_ number: Int64) throws
    /// Ends those whose time is over, but for any that a transaction of its holder keeps.
    func endExpiredLeases() throws
}

/// The logs of the runs.
package protocol RunLogRows {
    /// One multi-row insert for all of them.
    func append(_ events: [(run: ID, event: RunEvent)]) throws
    /// Events after `sequence`, in order: as many as `limit` and the `bytes` of their bodies allow; at least one, if
    /// there is any.
    func events(of run: ID, after sequence: Int64, limit: Int, bytes: Int) throws -> [RunEvent]
    /// The sequence of the newest event of each run that has any.
    func newestSequences(of runs: [ID]) throws -> [ID: Int64]
    func raiseReserved(of run: ID, to sequence: Int64) throws
    func eventCount(of run: ID) throws -> Int
}

/// Wishes to cancel a run that another process holds.
package protocol CancelRows {
    func requestCancel(run: ID) throws
    func cancelRequests() throws -> [ID]
    func isCancelRequested(run: ID) throws -> Bool
}

/// Who follows runs through servers that do not answer them.
package protocol AttendanceRows {
    /// Says that somebody follows these runs, for as many seconds by the storage's clock.
    func noteFollowed(_ runs: [ID], seconds: Int) throws
    func isFollowed(run: ID) throws -> Bool
}
