/// Something that happened in a run, numbered.
package struct RunEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case started
        case text(String)
        /// A tool-call delta in chat-completions JSON, kept as the upstream sent it.
        case toolCall(String)
        /// What else a model's server says in its chunks, as it says it: a list of choices in chat-completions JSON.
        /// Only runs whose request goes through as it came have these.
        case choices(String)
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

    /// Whether it is shown at once, and stored a little later.
    var isShownEarly: Bool {
        if case .choices = kind { true } else { isText }
    }

    /// Whether it is a piece of what the model said.
    var isDelta: Bool {
        if case .toolCall = kind { true } else { isShownEarly }
    }

    package var isTerminal: Bool {
        switch kind {
        case .finished, .failed, .canceled: true
        case .started, .text, .toolCall, .choices, .stepStarted, .stepFinished, .usage: false
        }
    }
}
