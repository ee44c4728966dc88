import Domain

/// A small book shop by the harbour and the people around it.
enum Story {
    static let morning = Timestamp(milliseconds: 1_773_484_200_000)

    static func id(_ number: UInt64) -> ID {
        ID(high: 0x0190_163d_8694_7000 + number << 16, low: 0x8000_0000_0000_0000 | number)
    }

    static func later(_ seconds: Int) -> Timestamp { morning.adding(seconds: seconds) }

    static let harbour = Account(id: id(1), name: "harbour-books", createdAt: morning)
    static let bakery = Account(id: id(2), name: "bakery", createdAt: later(60))

    static let pilot = Agent(
        code: "pilot", account: harbour.id, name: "Harbour pilot",
        source: .init(upstream: "lighthouse", model: "beam-1"), highPerformanceModel: "beam-9",
        fallback: [.init(upstream: "lantern", model: "wick")], instructions: "Keep ships off the rocks. ⚓️",
        temperature: 0.25, maxOutputTokens: 800, leaving: .continue, createdAt: morning)
    static let clerk = Agent(
        code: "clerk", account: harbour.id, name: "Clerk", source: .init(upstream: "guide", model: "guide"),
        createdAt: later(1))

    static let till = Client(
        id: "till-001", edition: .saas, account: harbour.id, secretHash: [0, 255, 7], agents: ["clerk", "pilot"],
        scopes: [Scope.chat], createdAt: later(2))

    static let step = Step(id: "atlas", kind: .retrieval, name: "Atlas", input: "Where?")

    static let turnstile = APIKey(
        id: id(77), account: harbour.id, label: "the turnstile’s \u{0} key", secretHash: [0, 1, 255],
        sealedWebhookSecret: [7, 0], agents: ["clerk", "pilot"], framing: .raw, createdAt: later(3))

    static func conversation(
        _ id: String, of account: Account = harbour, by principal: String = "client:till-001", at seconds: Int = 0
    ) -> Conversation {
        Conversation(
            account: account.id, id: id, agent: "clerk", principal: principal, createdAt: later(seconds),
            updatedAt: later(seconds))
    }

    static func run(
        _ number: UInt64, in conversation: String = "counter", of account: Account = harbour
    ) -> Run {
        var question = Question(messages: [
            Message(.user, "Have you “Moby-Dick”?\u{0} 🐳"),
            Message(role: .user, parts: [.file(id: id(9)), .image(url: "https://example.org/cover.png")]),
        ])
        question.temperature = 0.5
        question.stop = ["END"]
        question.metadata = ["shelf": "7"]
        return Run(
            id: id(number), account: account.id, agent: "clerk", conversation: conversation,
            principal: "client:till-001", question: question, answerID: id(number + 1000),
            createdAt: later(Int(number)), reserved: 4096)
    }

    /// The same run after its answer has come to an end.
    static func finished(_ run: Run, at seconds: Int, last: Int64 = 3) -> Run {
        var run = run
        run.status = .finished
        run.answer = "Two copies, by the window."
        run.finishReason = .stop
        run.usage = Usage(inputTokens: 12, outputTokens: 7)
        run.endedAt = later(seconds)
        run.last = last
        return run
    }

    static func event(_ sequence: Int64, _ kind: RunEvent.Kind) -> RunEvent {
        RunEvent(sequence: sequence, at: morning, kind: kind)
    }

    static func claim(
        _ key: String, fingerprint: UInt8 = 1, subject: UInt64 = 50, at seconds: Int = 0
    ) -> IdempotencyClaim {
        IdempotencyClaim(
            principal: "client:till-001", path: "/v1/chat/completions", key: key, fingerprint: [fingerprint, 2, 3],
            subject: id(subject), createdAt: later(seconds))
    }

    static func file(_ number: UInt64, at seconds: Int = 0, isComplete: Bool = false) -> StoredFile {
        StoredFile(
            id: id(number), account: harbour.id, principal: "client:till-001", filename: "stock list.csv",
            mediaType: "text/csv", bytes: 0, createdAt: later(seconds), isComplete: isComplete)
    }
}
