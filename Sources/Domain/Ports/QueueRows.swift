/// The runs that wait for their turn, in lanes: one for each agent of each account.
///
/// Turns go round: to the account that had none for the longest time, among its lanes to the one that had none for
/// the longest time, and there to the run that came first. Of a conversation only the first run that has not ended
/// may have a turn. Nothing here takes longer because more are waiting.
package protocol QueueRows {
    /// Puts a queued run at the end of its lane, after the length was asked for in the same transaction.
    func enqueue(_ run: Run) throws
    /// Gives runs their turn: they are running under a lease now. Two who take turns at once take different ones.
    func takeTurns(_ room: QueueRoom, under lease: Int64) throws -> [QueueTurn]
    /// Puts a running run back to the place that it had.
    /// - Parameter countsAttempt: false where its turn is to count for nothing.
    func returnTurn(of run: ID, countsAttempt: Bool) throws
    /// A run of the queue has ended, or is to end: if it was the first of its conversation, the next one is.
    func leaveQueue(_ run: ID) throws
    /// As `leaveQueue`, but only a run that has no turn.
    /// - Returns: false for a run that has, and for one that is not in the queue.
    func withdraw(_ run: ID) throws -> Bool
    /// How often a run has had its turn; nil for one that is not in the queue.
    func turnsTaken(by run: ID) throws -> Int?
    /// About how many turns there will be up to this run's, its own included; nil for one that does not wait.
    func queuePlace(of run: ID) throws -> Int?
    /// How many wait in all.
    func queueLength() throws -> Int
    /// How many wait: of an account, and in all. Until this transaction is over the account's number grows by nobody
    /// else, so that its limit holds.
    func queueLength(account: ID) throws -> (own: Int, all: Int)
}

/// How many turns there may be: in all, and beside those that accounts have already.
package struct QueueRoom: Sendable {
    package var turns: Int
    /// Turns of one account at a time.
    package var turnsOfAccount: Int
    package var underWay: [ID: Int]

    package init(turns: Int, turnsOfAccount: Int = .max, underWay: [ID: Int] = [:]) {
        self.turns = turns
        self.turnsOfAccount = turnsOfAccount
        self.underWay = underWay
    }

    /// Accounts that may have no more now.
    package var full: [ID] { underWay.filter { $0.value >= turnsOfAccount }.map(\.key) }

    package mutating func take(for account: ID) {
        turns -= 1
        underWay[account, default: 0] += 1
    }
}

/// A run of the queue that is to be answered now.
package struct QueueTurn: Sendable, Equatable {
    /// Without its answer.
    package var run: Run
    /// Which turn of the run it is, from 1.
    package var number: Int

    package init(run: Run, number: Int) {
        self.run = run
        self.number = number
    }
}
