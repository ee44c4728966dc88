import Domain
import Foundation
import Testing
import Upstreams

@Suite("The guide")
struct GuideTests {
    private static let guide = Guide()

    /// Questions with the sections that answer them, and questions that no section answers.
    private struct QuestionSet: Decodable {
        struct Answered: Decodable {
            var question: String
            /// `file#heading`; any one of them answers the question.
            var expected: [String]
        }

        var answered: [Answered]
        var elsewhere: [String]

        init(_ name: String) throws {
            let root = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardized
            let file = root.appending(path: "Benchmarks/guide/\(name).json")
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        }

        /// How many of its questions have an expected section among the passages quoted.
        var recall: Double {
            let found = answered.count { answered in
                let quoted = guide.sections(for: answered.question).map { "\($0.file)#\($0.heading)" }
                return quoted.contains { answered.expected.contains($0) }
            }
            return Double(found) / Double(answered.count)
        }
    }

    private func ask(_ turns: Prompt.Turn...) -> Listener {
        let listener = Listener()
        _ = Self.guide.ask(Prompt(model: "guide", turns: turns), near: nil, into: listener)
        return listener
    }

    private func user(_ text: String) -> Prompt.Turn {
        Prompt.Turn(role: .user, parts: [.text(text)])
    }

    @Test("finds a passage that answers, for eight of ten questions at least")
    func recall() throws {
        let set = try QuestionSet("questions")
        #expect(set.answered.count == 40)
        #expect(set.recall >= 0.8)
    }

    @Test("finds passages for questions that it was not tuned for, too")
    func heldOutRecall() throws {
        #expect(try QuestionSet("held-out").recall >= 0.7)
    }

    @Test("quotes nothing for questions about something else", arguments: ["questions", "held-out"])
    func elsewhere(name: String) throws {
        let set = try QuestionSet(name)
        let refused = set.elsewhere.filter { Self.guide.sections(for: $0).isEmpty }
        #expect(Double(refused.count) >= 0.9 * Double(set.elsewhere.count))
    }

    @Test("quotes passages with their headings and files, and says what it is")
    func quotes() async {
        let (text, end) = await ask(user("How do I rotate the signing keys?")).answer()
        #expect(text.hasPrefix("I am Rialto's guide, not a language model"))
        #expect(text.contains("**Signing keys and their rotation** (docs/operating.md)"))
        #expect(text.contains("rialto signing-key rotate"))
        #expect(end == .finished(.stop))
    }

    @Test("says what Rialto is", arguments: ["What is Rialto?", "what is this", "¿Qué es Rialto?", "Rialtoとは何ですか?"])
    func itself(question: String) {
        #expect(Self.guide.sections(for: question).first?.heading == "What Rialto is")
    }

    @Test("gives the same question the same answer")
    func determinism() async {
        for question in ["How do I stop the server?", "How do I bake rye bread?", "パンの焼き方は?", "Hello"] {
            let first = await ask(user(question)).all()
            let again = await ask(user(question)).all()
            #expect(first == again && first.count > 1)
        }
    }

    @Test("tells of its look into the handbook, but not where a greeting is all")
    func search() async {
        let heard = await ask(user("How do I connect Ollama?")).all()
        var search = Step(id: "handbook", kind: .retrieval, name: "Handbook", input: "How do I connect Ollama?")
        let names = Self.guide.sections(for: search.input).map { "\($0.heading) (\($0.file))" }
        #expect(
            heard.prefix(2) == [
                .piece(.stepStarted(search)), .piece(.stepFinished(search.finished(names.joined(separator: "\n")))),
            ])
        search.input = "Hello"
        #expect(await ask(user("Hello")).all().allSatisfy { $0 != .piece(.stepStarted(search)) })
    }

    @Test("refuses what it cannot see")
    func images() async {
        let turn = Prompt.Turn(
            role: .user, parts: [.text("What is this?"), .image(url: "data:image/png;base64,AA==")])
        guard case .failed(let fault) = await ask(turn).answer().end else {
            Issue.record("It was answered.")
            return
        }
        #expect(fault.refusal.reason == .unsupported && fault.refusal.message.contains("reads no images"))
    }

    @Test("tells an answer in many pieces")
    func pieces() async {
        let heard = await ask(user("How do I connect Ollama?")).all()
        #expect(heard.count > 5)
        #expect(heard.last == .end(.finished(.stop)))
    }

    @Test(
        "says in the language of the question that it has nothing",
        arguments: [
            ("How do I bake rye bread?", "The handbook has nothing on that."),
            ("パンの焼き方は?", "手引きには、それについての記述がありません。"),
            ("今天天气怎么样？", "手册中没有与此相关的内容。"),
            ("서울 날씨 어때?", "안내서에는 그에 관한 내용이 없습니다."),
            ("Как приготовить борщ?", "В руководстве об этом ничего нет."),
            ("كيف أطبخ الأرز؟", "لا يوجد في الدليل شيء عن ذلك."),
            ("रोटी कैसे बनाते हैं?", "पुस्तिका में इसके बारे में कुछ नहीं है।"),
            ("¿Cuál es la capital de Australia?", "El manual no dice nada sobre eso."),
            ("Qual é a melhor praia do Brasil?", "O manual não diz nada sobre isso."),
            ("Écris-moi un poème sur la mer", "Le manuel ne dit rien à ce sujet."),
            ("Wie wird das Wetter morgen in Hamburg?", "Dazu steht nichts im Handbuch."),
            ("Come si fa la pizza?", "Il manuale non dice nulla al riguardo."),
        ])
    func nothing(question: String, answer: String) async {
        let (text, end) = await ask(user(question)).answer()
        #expect(text.hasPrefix(answer))
        #expect(text.contains("How do I connect Ollama?"), "what it can be asked")
        #expect(end == .finished(.stop))
    }

    @Test(
        "answers a greeting in its language, with what it is and what it can be asked",
        arguments: [
            ("Hello", "Hello. I am Rialto's guide"), ("hi there!", "Hello. I am"), ("", "Hello. I am"),
            ("こんにちは", "こんにちは。私は Rialto のガイドです"), ("Olá!", "Olá. Sou o guia"), ("Guten Tag", "Hallo. Ich bin"),
            ("你好", "你好。我是"), ("who are you?", "Hello. I am"), ("Привет", "Здравствуйте. Я"),
        ])
    func greeting(message: String, answer: String) async {
        let text = await ask(user(message)).answer().text
        #expect(text.hasPrefix(answer))
        #expect(text.contains("How do I connect Ollama?"))
    }

    @Test("hears only what the user said last")
    func lastQuestion() async {
        let text = await ask(
            user("How do I run it in Docker?"), Prompt.Turn(role: .assistant, parts: [.text("Like this.")]),
            user("How do I rotate the signing keys?"), Prompt.Turn(role: .assistant, parts: [.text("Docker")])
        ).answer().text
        #expect(text.contains("**Signing keys and their rotation**") && !text.contains("Docker"))
    }

    @Test("a greeting before a question is not the question")
    func greetingAndQuestion() {
        #expect(Self.guide.answer(to: "Hello, how do I rotate the signing keys?").contains("signing-key rotate"))
    }

    @Test("is quiet once it is canceled")
    func cancel() async throws {
        let listener = Listener()
        let question = Prompt(model: "guide", turns: [user("How do I connect Ollama?")])
        let asking = Self.guide.ask(question, near: nil, into: listener)
        asking.cancel()
        // Another answer, begun later, has been told to its end: nothing of the first is still on its way.
        _ = await ask(user("How do I connect Ollama?")).all()
        let heard = await listener.rest()
        #expect(!heard.contains(.end(.finished(.stop))))
    }

    @Test("quotes a long list of settings by the line that was asked for")
    func excerpt() {
        let answer = Self.guide.answer(to: "what is part_header_bytes in rialto.yaml?")
        #expect(answer.contains("part_header_bytes: 16384") && answer.count < 5000)
    }
}
