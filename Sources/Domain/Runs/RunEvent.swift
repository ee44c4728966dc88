/// Something that happened in a run, numbered.
package struct RunEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case started
        case text(String)
        /// A tool-call delta in chat-completions JSON, kept as the upstream sent it.
        case toolCall(String)
        case stepStarted(Step)
        /// With what came of it.
        case stepFinished(Step)
        case usage(Usage)
        case finished(FinishReason)
        case failed(Refusal)
        case canceled
    }

    package var sequence: Int64
    package var at: Timestamp
    package var kind: Kind

    package init(sequence: Int64, at: Timestamp, kind: Kind) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
    }

    package var isText: Bool {
        if case .text = kind { true } else { false }
    }

    package var isTerminal: Bool {
        switch kind {
        case .finished, .failed, .canceled: true
        case .started, .text, .toolCall, .stepStarted, .stepFinished, .usage: false
        }
    }
}
