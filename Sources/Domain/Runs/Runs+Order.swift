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

        package init(principal: Principal, agent: Agent, conversation: String?, question: Question) {
            self.principal = principal
            self.agent = agent
            self.conversation = conversation
            self.question = question
        }
    }

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
