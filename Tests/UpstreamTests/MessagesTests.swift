import Domain
import Testing
import Upstreams
import Wire

@Suite(.timeLimit(.minutes(2)))
struct MessagesTests {
    @Test("The published text stream becomes its pieces", arguments: [Int.max, 1, 7, 64])
    func stream(size: Int) async throws {
        let script = { @Sendable (exchange: Exchange) in exchange.answer(events: PublishedEvents.hello, every: size) }
        try await Scene.play(.anthropic, script: script) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.all() == [
                    .piece(.text("Hello")), .piece(.text("!")),
                    .piece(.usage(Usage(inputTokens: 25, outputTokens: 15))), .end(.finished(.stop)),
                ])
        }
    }

    @Test("A question is sent with the key and the version, as the API wants it")
    func question() async throws {
        try await Scene.play(.anthropic) { scene, server in
            let prompt = Prompt(
                model: "claude",
                turns: [
                    .init(role: .system, parts: [.text("You are a doge.")]),
                    .init(role: .user, parts: [.text("Look:"), .image(url: "data:image/png;base64,AAAA")]),
                ])
            scene.ask(Listener(), prompt)
            let exchange = await server.next()
            #expect(exchange.line == "POST /v1/messages HTTP/1.1")
            #expect(exchange.header("x-api-key") == Scene.key)
            #expect(exchange.header("Authorization") == nil)
            #expect(exchange.header("anthropic-version") == "2023-06-01")
            #expect(
                exchange.json
                    == JSON.read(
                        """
                        {"model":"claude","max_tokens":4096,"stream":true,"system":"You are a doge.","messages":[
                        {"role":"user","content":[{"type":"text","text":"Look:"},
                        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}
                        """))
        }
    }

    @Test("A URL that has the version already gets it once")
    func versionedURL() async throws {
        try await Scene.play(.anthropic) { scene, server in
            scene.settings.url += "/proxy/v1/"
            scene.ask(Listener())
            #expect(await server.next().line == "POST /proxy/v1/messages HTTP/1.1")
        }
    }

    @Test("Tool use becomes tool-call deltas, text before it stays text")
    func toolUse() async throws {
        try await Scene.play(.anthropic, script: { $0.answer(events: PublishedEvents.weather) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.all() == [
                    .piece(.text("Okay, let's check the weather")),
                    .piece(
                        .toolCall(
                            #"{"index":0,"id":"toolu_01T1x1fJ34qAmk2tNTrN7Up6","type":"function","#
                                + #""function":{"name":"get_weather","arguments":""}}"#)),
                    .piece(.toolCall(#"{"index":0,"function":{"arguments":"{\"location\":"}}"#)),
                    .piece(.toolCall(#"{"index":0,"function":{"arguments":" \"San Francisco, CA\"}"}}"#)),
                    .piece(.usage(Usage(inputTokens: 25, outputTokens: 89))), .end(.finished(.toolCalls)),
                ])
        }
    }

    @Test("Thinking is not part of the answer, and unknown events are passed over")
    func thinking() async throws {
        try await Scene.play(.anthropic, script: { $0.answer(events: PublishedEvents.thinking) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let (text, end) = await listener.answer()
            #expect(text == "27")
            #expect(end == .finished(.length))
        }
    }

    @Test(
        "Each stop reason has its word",
        arguments: [
            ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("max_tokens", .length),
            ("tool_use", .toolCalls),
            ("refusal", .contentFilter), ("pause_turn", .stop), ("model_context_window_exceeded", .length),
        ])
    func stopReasons(word: String, reason: FinishReason) async throws {
        let events = PublishedEvents.start + PublishedEvents.messageDelta(word, output: 1) + PublishedEvents.stop
        try await Scene.play(.anthropic, script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.answer().end == .finished(reason))
        }
    }

    @Test("An overloaded server says so in the stream, and may be asked again")
    func overloaded() async throws {
        let begun = PublishedEvents.start + PublishedEvents.textStart + PublishedEvents.text("Hel")
        let events = begun + PublishedEvents.overloaded
        try await Scene.play(.anthropic, script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.next() == .piece(.text("Hel")))
            let fault = await listener.fault()
            #expect(fault?.refusal.message == "The upstream “gritti” answered with an error: Overloaded")
            #expect(fault?.isTransient == true)
        }
    }

    @Test(
        "An error in place of an answer has its meaning",
        arguments: [
            ("529 Overloaded", "overloaded_error", true, "is overloaded (529)."),
            ("429 Too Many Requests", "rate_limit_error", true, "takes no more questions at the moment (429)."),
            ("400 Bad Request", "invalid_request_error", false, "did not accept the question (400): Words."),
            ("401 Unauthorized", "authentication_error", false, "refused its key (401)."),
            ("404 Not Found", "not_found_error", false, "does not know the model “doge-7b” (404): Words."),
            ("500 Internal Server Error", "api_error", true, "failed (500)."),
        ])
    func errors(status: String, type: String, isTransient: Bool, words: String) async throws {
        let body = #"{"type":"error","error":{"type":"\#(type)","message":"Words."},"request_id":"req_1"}"#
        try await Scene.play(.anthropic, script: { $0.answer(status, body) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(fault?.refusal.message == "The upstream “gritti” \(words)")
            #expect(fault?.isTransient == isTransient)
        }
    }

    @Test("A stream that ends before its message does is a fault")
    func cut() async throws {
        let events = PublishedEvents.start + PublishedEvents.textStart + PublishedEvents.text("Hel")
        try await Scene.play(.anthropic, script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.fault()?.refusal.message == "The upstream “gritti” broke its answer off.")
        }
    }

    @Test("An answer in one piece is read; what came from a cache is input too")
    func whole() async throws {
        let body = """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[
            {"type":"text","text":"Ciao."},{"type":"tool_use","id":"toolu_1","name":"row","input":{"to":"Rialto"}}],
            "stop_reason":"tool_use",
            "usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":2,
            "output_tokens":6}}
            """
        try await Scene.play(.anthropic, streams: false) { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            #expect(exchange.json?["stream"]?.bool != true)
            exchange.answer(body)
            let heard = await listener.all()
            #expect(heard.first == .piece(.text("Ciao.")))
            guard case .piece(.toolCall(let call)) = heard[1] else { throw NoToolCall() }
            #expect(
                JSON.read(call)
                    == JSON.read(
                        #"{"index":0,"id":"toolu_1","type":"function","#
                            + #""function":{"name":"row","arguments":"{\"to\":\"Rialto\"}"}}"#))
            #expect(
                heard.suffix(2) == [
                    .piece(.usage(Usage(inputTokens: 17, outputTokens: 6))), .end(.finished(.toolCalls)),
                ])
        }
    }

    struct NoToolCall: Error {}
}
