import Domain
import Foundation
import Testing

/// Rows that older versions wrote must be read by newer ones: what was added since is missing in them.
@Suite struct StoredJSONTests {
    private func read<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    @Test func aQuestionIsReadFromItsMessagesAlone() throws {
        let question: Question = try read(#"{"messages":[{"role":"user","parts":[{"text":{"_0":"Hi"}}]}]}"#)
        #expect(question == Question(messages: [Message(.user, "Hi")]))
        #expect(question.asAgent && !question.highPerformance && !question.includesUsage)
    }

    @Test func aWholeQuestionIsReadAsItWasWritten() throws {
        var question = Question(messages: [Message(.system, "Be kind."), Message(.user, "Hi")])
        question.temperature = 0.5
        question.maxOutputTokens = 9
        question.stop = ["END"]
        question.user = "ana"
        question.metadata = ["a": "b"]
        question.asAgent = false
        question.highPerformance = true
        question.includesUsage = true
        question.modelName = "m"
        question.client = "127.0.0.1"
        question.knowledge = ["tides"]
        question.searchesDeep = true
        question.tag = "night-7"
        question.model = "large"
        let text = String(decoding: try JSONEncoder().encode(question), as: UTF8.self)
        #expect(try read(text) == question)
        #expect(try read(question.stored()) == question)
        question.messages.append(
            Message(role: .user, parts: [.text("See"), .image(url: "https://example.org/a.png")]))
        #expect(try read(question.stored()) == question)
    }

    @Test func everyTextIsReadAsItWasWritten() throws {
        let odd =
            (0...0x2FF).compactMap { Unicode.Scalar($0) }.map(String.init) + [
                "港", "🛥️", "\u{2028}", "\u{FEFF}", "\\u0000", "",
            ]
        for text in odd + [odd.joined()] {
            var question = Question(messages: [Message(role: .user, parts: [.text(text), .text(text + "\"")])])
            question.user = text
            question.metadata = [text: text]
            #expect(try read(question.stored()) == question)
        }
    }

    @Test func aMessageIsReadInEveryShapeThatItHasHad() throws {
        let file = ID(high: 0x0190_163d_8694_739b, low: 0xaea5_966c_26f8_ad91)
        let message: Message = try read(
            #"""
            {"role":"user","parts":[{"text":{"_0":"Look"}},{"image":{"url":"https://example.org/a.png"}},
            {"file":{"id":"0190163d-8694-739b-aea5-966c26f8ad91"}}]}
            """#)
        let parts: [Message.Part] = [.text("Look"), .image(url: "https://example.org/a.png"), .file(id: file)]
        #expect(message == Message(role: .user, parts: parts))
    }

    @Test func usageIsReadFromItsTwoNumbers() throws {
        var counted = Usage(inputTokens: 3, outputTokens: 4, estimated: true)
        #expect(try read(counted.stored) == counted)
        counted.knowledgeTokens = 2
        #expect(try read(counted.stored) == counted)
        #expect(try read(#"{"inputTokens":3,"outputTokens":4}"#) == Usage(inputTokens: 3, outputTokens: 4))
        #expect(
            try read(#"{"inputTokens":-3,"outputTokens":4,"estimated":true}"#)
                == Usage(inputTokens: 0, outputTokens: 4, estimated: true))
    }

    @Test func aRefusalIsReadFromItsReasonAndItsMessage() throws {
        #expect(try read(#"{"reason":"gone","message":"It is gone."}"#) == Refusal(.gone, "It is gone."))
    }

    @Test func aModelOfAnAgentIsReadFromItsTwoNames() throws {
        #expect(try read(#"{"upstream":"u","model":"m"}"#) == Agent.Source(upstream: "u", model: "m"))
    }
}
