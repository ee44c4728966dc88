import Domain
import TestKit
import Testing

/// Paging through what was said in a conversation.
@Suite struct MessagePageTests {
    private let scene: Scene
    private let talk: Conversation
    private var conversations: Conversations { Conversations(store: scene.gate) }

    init() async throws {
        scene = try await Scene()
        talk = Conversation(
            account: scene.ana.account, id: "talk", agent: "helper", principal: scene.ana.id,
            createdAt: scene.clock.now, updatedAt: scene.clock.now)
    }

    /// A run with so many questions, named after its number; still being answered where there is no answer.
    private func run(_ number: UInt64, _ questions: Int = 1, answer: String? = nil, in talk: String = "talk") -> Run {
        var run = Run(
            id: ID(high: number, low: 0), account: scene.ana.account, agent: "helper", conversation: talk,
            principal: scene.ana.id,
            question: Question(messages: (0..<questions).map { Message(.user, "q\(number).\($0)") }),
            answerID: ID(high: number, low: 1), createdAt: scene.clock.now, reserved: 0)
        if let answer { end(&run, answer) }
        return run
    }

    private func end(_ run: inout Run, _ answer: String) {
        run.status = .finished
        run.finishReason = .stop
        run.answer = answer
        (run.endedAt, run.last) = (scene.clock.now, 1)
    }

    private func insert(_ runs: Run...) async throws {
        try await scene.gate.write { rows in for run in runs { try rows.insert(run) } }
    }

    private func answer(_ run: Run, _ words: String) async throws {
        var run = run
        end(&run, words)
        try await scene.gate.write { [run] in try $0.end(run) }
    }

    private func page(
        _ limit: Int, newestFirst: Bool = false, bytes: Int = .max, from start: MessagePlace? = nil
    ) async throws -> (words: [String], next: MessagePlace?) {
        var words: [String] = []
        let page = MessagePage(
            conversation: talk, limit: limit, bytes: bytes, newestFirst: newestFirst, start: start)
        let next = try await conversations.messages(page) { run, index in
            let questions = run.question.messages
            words.append(index < questions.count ? questions[index].text : run.answer)
            return true
        }
        return (words, next)
    }

    /// Every page, with something happening before each one but the first.
    private func walk(
        _ limit: Int, newestFirst: Bool = false, bytes: Int = .max, meanwhile: () async throws -> Void = {}
    ) async throws -> [String] {
        var (words, next) = try await page(limit, newestFirst: newestFirst, bytes: bytes)
        while let place = next {
            try await meanwhile()
            let more = try await page(limit, newestFirst: newestFirst, bytes: bytes, from: place)
            #expect(!more.words.isEmpty && more.words.count <= limit)
            words += more.words
            next = more.next
        }
        return words
    }

    @Test(arguments: 1...8, [1, Int.max]) func everyMessageComesOnceInOrder(limit: Int, bytes: Int) async throws {
        try await insert(
            run(1, answer: "a1"), run(2, 3, answer: "a2"), run(3), run(4, answer: ""), run(5, 2, answer: "a5"),
            run(6, in: "elsewhere"))
        let all = ["q1.0", "a1", "q2.0", "q2.1", "q2.2", "a2", "q3.0", "q4.0", "", "q5.0", "q5.1", "a5"]
        #expect(try await walk(limit, bytes: bytes) == all)
        #expect(try await walk(limit, newestFirst: true, bytes: bytes) == all.reversed())
    }

    @Test func aPageWithNothingAfterItSaysSo() async throws {
        #expect(try await page(3).next == nil)
        try await insert(run(1, answer: "a1"))
        #expect(try await page(2).next == nil)
        #expect(try await page(1).next == MessagePlace(run: ID(high: 1, low: 0), index: 1))
    }

    @Test func theAnswerOfARunThatWasPassedBeforeItEndedIsNotMissed() async throws {
        let first = run(1)
        try await insert(first, run(2, answer: "a2"))
        let (words, next) = try await page(2)
        #expect(words == ["q1.0", "q2.0"])
        try await answer(first, "a1")
        #expect(try await page(9, from: next).words == ["a1", "a2"])
    }

    @Test func norIsItWhenTheNewestComeFirst() async throws {
        let last = run(2, 2)
        try await insert(run(1, answer: "a1"), last)
        let (words, next) = try await page(1, newestFirst: true)
        #expect(words == ["q2.1"])
        try await answer(last, "a2")
        #expect(try await page(9, newestFirst: true, from: next).words == ["a2", "q2.0", "a1", "q1.0"])
    }

    @Test func anAnswerThatIsThereInTimeComesAfterItsQuestion() async throws {
        let first = run(1, 2)
        try await insert(first, run(2, answer: "a2"))
        let (words, next) = try await page(2)
        #expect(words == ["q1.0", "q1.1"])
        try await answer(first, "a1")
        #expect(try await page(9, from: next).words == ["a1", "q2.0", "a2"])
    }

    @Test(arguments: [false, true]) func everyMessageComesOnceWhileRunsEnd(newestFirst: Bool) async throws {
        var chance = SystemRandomNumberGenerator()
        for trial in 0..<60 {
            let number = UInt64(trial) * 100
            try await scene.gate.write { [talk] rows in
                try rows.removeConversation(account: talk.account, id: talk.id)
            }
            let count = UInt64.random(in: 1...9, using: &chance)
            let runs = (1...count).map { run(number + $0, Int.random(in: 1...3, using: &chance)) }
            for run in runs { try await insert(run) }
            var open = runs.shuffled(using: &chance)
            var there = runs.flatMap { $0.question.messages.map(\.text) }
            func end() async throws {
                guard Bool.random(using: &chance), let run = open.popLast() else { return }
                there.append("answer of \(run.id)")
                try await answer(run, "answer of \(run.id)")
            }
            try await end()
            let seen = try await walk(Int.random(in: 1...5, using: &chance), newestFirst: newestFirst, meanwhile: end)
            #expect(seen.sorted() == there.sorted())
        }
    }

    @Test func aPlaceThatSomebodyMadeUpShowsNothingOfOtherConversations() async throws {
        try await insert(run(1, answer: "a1"), run(2, answer: "secret", in: "elsewhere"))
        let forged = MessagePlace(run: ID(high: 1, low: 0), index: 1, unanswered: [ID(high: 2, low: 0)])
        #expect(try await page(9, from: forged).words == ["a1"])
        let beyond = MessagePlace(run: ID(high: 1, low: 0), index: 7)
        #expect(try await page(9, from: beyond).words == [])
        #expect(try await page(9, newestFirst: true, from: beyond).words == ["a1", "q1.0"])
    }
}
