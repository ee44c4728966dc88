import Synchronization

/// What comes to the runs, and where they are found.
extension Runs {
    /// What to ask, of whom, for whom.
    package struct Order: Sendable {
        package var principal: Principal
        package var agent: Agent
        package var conversation: String?
        /// Whether a conversation that is not there is refused rather than begun.
        package var needsConversation = false
        package var question: Question
        package var idempotency: IdempotencyKey?
        /// What the caller has seen of the answer; nobody has seen anything of a run that is yet to begin.
        package var after: Cursor?
        /// Where the reader lives, for the upstream's adapter.
        package var place: (any Sendable)?
        /// Whom to tell when it has ended, of a question that goes through the queue.
        package var callback: Callback.Target?
        /// What its answer costs, held in the books of its account in the transaction that begins it.
        package var charge: Charge?

        package init(principal: Principal, agent: Agent, conversation: String?, question: Question) {
            self.principal = principal
            self.agent = agent
            self.conversation = conversation
            self.question = question
        }
    }

    /// Holds what an answer may cost, or refuses it.
    package typealias Charge = @Sendable (Run, Books, any Transaction) throws -> Void

    /// Where a run can be read.
    package enum Reading: Sendable {
        case live(LiveRun)
        /// Without what was asked and answered: streams last long, and the log tells the answer again.
        case stored(Run)

        package var run: Run {
            switch self {
            case .live(let live): live.run
            case .stored(let run): run
            }
        }
    }
}

/// Writing an order down.
extension Runs {
    /// The books, where an order is charged for, are locked before anything else.
    func write<Answer: Sendable>(
        for order: Order, at now: Timestamp, _ work: @escaping @Sendable (any Transaction, Books?) throws -> Answer
    ) async throws -> Answer {
        let account = order.principal.account
        guard order.charge != nil else { return try await store.write { try work($0, nil) } }
        return try await store.writeTogether(as: account) { rows in
            try Books.write(of: account, in: rows, at: now) { try work(rows, $0) }
        }
    }

    /// A run with its conversation, which it begins or goes on with.
    static func insert(_ run: Run, in rows: any Transaction) throws {
        try rows.touch(
            Conversation(
                account: run.account, id: run.conversation, agent: run.agent, principal: run.principal,
                createdAt: run.createdAt, updatedAt: run.createdAt))
        try rows.insert(run)
    }

    static func check(
        _ run: Run, for principal: Principal, isNeeded: Bool, in rows: any Transaction
    ) throws {
        guard let conversation = try rows.conversation(account: run.account, id: run.conversation) else {
            guard !isNeeded else { throw Refusal(.notFound, "There is no conversation “\(run.conversation)”.") }
            return
        }
        guard principal.mayUse(agentCode: conversation.agent) else {
            throw Refusal(.forbidden, "This client may not use the conversation's agent.", field: "conversationId")
        }
    }

    /// Sets who is told that a run is over, here, and that its end is in the store; must not block.
    func onOver(_ told: @escaping @Sendable (Run) -> Void) {
        listener.listen(told)
    }
}
