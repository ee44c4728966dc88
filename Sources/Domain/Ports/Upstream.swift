/// Where an answer comes from.
package protocol Upstream: Sendable {
    /// Begins asking. `answer` is called in order, by one caller at a time, and is told of the end exactly once,
    /// unless the asking was canceled before.
    /// - Parameter place: where the reader lives, if it is known: an adapter may work there to spare a hop.
    func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking
}

/// A question on its way to one model, with everything resolved.
package struct Prompt: Sendable, Equatable {
    /// A message whose files have been read.
    package struct Turn: Sendable, Equatable {
        package enum Part: Sendable, Equatable {
            case text(String)
            /// An http(s) or data URL.
            case image(url: String)
        }

        package var role: Message.Role
        package var parts: [Part]

        package init(role: Message.Role, parts: [Part]) {
            self.role = role
            self.parts = parts
        }
    }

    package var model: String
    package var turns: [Turn]
    package var temperature: Double?
    package var maxOutputTokens: Int?
    package var stop: [String] = []
    package var user: String?
    package var metadata: [String: String] = [:]
    /// Of the text, what comes from knowledge sources, in tokens as they are estimated.
    package var knowledgeTokens: Int?
    /// The request as it came, which is then all that is asked.
    package var passthrough: Passthrough?

    package init(model: String, turns: [Turn]) {
        self.model = model
        self.turns = turns
    }

    /// UTF-8 bytes of all text, for estimates.
    package var textBytes: Int {
        turns.reduce(passthrough?.promptBytes ?? 0) { sum, turn in
            sum + turn.parts.reduce(0) { if case .text(let text) = $1 { $0 + text.utf8.count } else { $0 } }
        }
    }
}

/// A question being asked; letting go of it does not stop it.
package protocol Asking: Sendable {
    /// Closes the connection at once; `answer` hears nothing more.
    func cancel()
}

/// Who hears an upstream's answer, piece by piece.
package protocol Answer: AnyObject, Sendable {
    func received(_ piece: AnswerPiece)
    func ended(_ end: AnswerEnd)
}

/// A piece of an answer.
package enum AnswerPiece: Sendable, Equatable {
    case text(String)
    /// A tool-call delta in chat-completions JSON.
    case toolCall(String)
    /// What else is said, to a prompt that went through as it came: a list of choices in chat-completions JSON.
    case choices(String)
    /// A step that the upstream takes by itself.
    case stepStarted(Step)
    case stepFinished(Step)
    case usage(Usage)
}

/// How an answer came to its end.
package enum AnswerEnd: Sendable, Equatable {
    case finished(FinishReason)
    case failed(UpstreamFault)
}

/// Why an upstream did not answer, and whether asking again may help.
package struct UpstreamFault: Error, Sendable, Equatable {
    /// Names the upstream; never holds a key.
    package var refusal: Refusal
    package var isTransient: Bool
    package var retryAfterSeconds: Double?

    package init(_ refusal: Refusal, isTransient: Bool, retryAfterSeconds: Double? = nil) {
        self.refusal = refusal
        self.isTransient = isTransient
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// Makes connections from settings.
package protocol UpstreamMaker: Sendable {
    func upstream(for settings: UpstreamSettings) -> any Upstream
}
