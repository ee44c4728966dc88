import Documents
import Domain
import Testing

@Suite struct StrategyTests {
    private let poem = (1...10).map { "line \($0)" }.joined(separator: "\n")

    @Test func theWholeDocumentIsOnePassage() async throws {
        let cuttings = try await Desk.read("  a\n\nb \n", "a.txt", by: Splitting(.none, quantity: 0, overlap: 0))
        #expect(cuttings == [Cutting(heading: "", text: "  a\n\nb", line: 1)])
    }

    @Test func aWholeThatIsTooLongIsCutBetweenParagraphs() async throws {
        let paragraphs = (1...300).map { "Paragraph \($0) " + String(repeating: "word ", count: 40) + "end." }
        let text = paragraphs.joined(separator: "\n\n")
        let cuttings = try await Desk.read(text, "a.txt", by: Splitting(.none, quantity: 1, overlap: 0))
        #expect(cuttings.count == 3)
        #expect(cuttings.allSatisfy { TokenEstimate.tokens(in: $0.text) <= 8_000 && $0.text.hasPrefix("Paragraph") })
        #expect(cuttings.allSatisfy { $0.text.hasSuffix("end.") })
        #expect(cuttings.ink == Desk.ink(text))
    }

    @Test func linesAreCountedAndRepeated() async throws {
        let cuttings = try await Desk.read(poem, "a.txt", by: Splitting(.lines, quantity: 4, overlap: 1))
        #expect(cuttings.texts.map { $0.split(separator: "\n").count } == [4, 4, 4])
        #expect(cuttings.map(\.line) == [1, 4, 7])
        #expect(cuttings.last?.text == "line 7\nline 8\nline 9\nline 10")
    }

    @Test func charactersAreWhatAReaderSees() async throws {
        let family = "👨‍👩‍👧"
        let cuttings = try await Desk.read(
            "é\(family)🇩🇪漢x", "a.txt", by: Splitting(.characters, quantity: 2, overlap: 1))
        #expect(cuttings.texts == ["é\(family)", "\(family)🇩🇪", "🇩🇪漢", "漢x"])
    }

    @Test func tokensEndWithWords() async throws {
        let text = (1...500).map { "word\($0)" }.joined(separator: " ")
        let cuttings = try await Desk.read(text, "a.txt", by: Splitting(.tokens, quantity: 50, overlap: 10))
        let words = Set(text.split(separator: " "))
        for cutting in cuttings {
            #expect(TokenEstimate.tokens(in: cutting.text) <= 50)
            #expect(cutting.text.split(separator: " ").allSatisfy(words.contains))
        }
        for (one, next) in zip(cuttings, cuttings.dropFirst()) {
            let first = try #require(next.text.split(separator: " ").first)
            #expect(one.text.split(separator: " ").contains(first))
        }
        #expect(Set(cuttings.flatMap { $0.text.split(separator: " ") }.map(String.init)).count == 500)
    }

    @Test func aWordThatIsTooLongIsCut() async throws {
        let text = String(repeating: "漢", count: 1000)
        let cuttings = try await Desk.read(text, "a.txt", by: Splitting(.tokens, quantity: 64, overlap: 0))
        #expect(cuttings.texts.joined() == text)
        #expect(cuttings.allSatisfy { TokenEstimate.tokens(in: $0.text) <= 64 })
    }

    @Test(arguments: [(10, 10, "overlap"), (0, 0, "quantity"), (5, -1, "overlap"), (-1, 0, "quantity")])
    func numbersThatMakeNoSenseAreRefused(quantity: Int, overlap: Int, field: String) async throws {
        for strategy in Splitting.Strategy.allCases where strategy != .none {
            let splitting = Splitting(strategy, quantity: quantity, overlap: overlap)
            let refusal = try await Desk.refusal(Array("a".utf8), "a.txt", by: splitting)
            #expect(refusal.reason == .invalid && refusal.field == field)
        }
    }

    @Test(arguments: Splitting.Strategy.allCases.filter { $0 != .endpoint })
    func numbersWithoutMeasureAreBorne(strategy: Splitting.Strategy) async throws {
        let cuttings = try await Desk.read(poem, "a.txt", by: Splitting(strategy, quantity: .max, overlap: .max - 1))
        #expect(cuttings.count == 1)
    }

    @Test(arguments: ["", " \n\t\n", "\u{FEFF}", "\u{3000}\u{A0}"])
    func nothingToReadIsRefused(text: String) async throws {
        let refusal = try await Desk.refusal(Array(text.utf8), "a.txt")
        #expect(refusal == Refusal(.invalid, "The file contains no text.", field: "file"))
    }

    @Test(arguments: [Splitting.Strategy.lines, .tokens, .characters, .syntactic])
    func tooManyPassagesAreRefused(strategy: Splitting.Strategy) async throws {
        let text = String(repeating: "word\n\n", count: 100)
        let refusal = try await Desk.refusal(
            Array(text.utf8), "a.txt", by: Splitting(strategy, quantity: 1, overlap: 0), limits: .init(passages: 20))
        #expect(refusal.reason == .tooLarge)
        #expect(refusal.message == "The document would be cut into more than 20 passages. Choose larger ones.")
    }

    @Test(arguments: [Splitting.Strategy.lines, .tokens, .characters, .syntactic])
    func repeatingWithoutMeasureIsRefused(strategy: Splitting.Strategy) async throws {
        let text = String(repeating: "word word\n", count: 2000)
        let refusal = try await Desk.refusal(
            Array(text.utf8), "a.txt", by: Splitting(strategy, quantity: 500, overlap: 499),
            limits: .init(passageBytes: 100_000))
        #expect(refusal.reason == .tooLarge && refusal.message.hasSuffix("Choose a smaller overlap."))
    }

    @Test func aDocumentWithTooMuchTextIsRefused() async throws {
        let refusal = try await Desk.refusal(Array("12345".utf8), "a.txt", limits: .init(textBytes: 4))
        #expect(refusal.reason == .tooLarge)
    }
}
