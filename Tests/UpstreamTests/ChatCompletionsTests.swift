import Domain
import Testing
import Upstreams
import Wire

@Suite(.timeLimit(.minutes(2)))
struct ChatCompletionsTests {
    static let stream = """
        data: {"id":"c1","object":"chat.completion.chunk","model":"doge-7b","choices":[{"index":0,
        data: "delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

        : still here

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"I am the "}}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"doge – “Serenissima” 🦁"}}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"c1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}

        data: [DONE]


        """
    static let heard: [Listener.Heard] = [
        .piece(.text("I am the ")), .piece(.text("doge – “Serenissima” 🦁")),
        .piece(.usage(Usage(inputTokens: 11, outputTokens: 7))), .end(.finished(.stop)),
    ]

    @Test("A stream becomes its pieces, in order, its usage before its end", arguments: [Int.max, 1, 3, 17])
    func divided(size: Int) async throws {
        try await Scene.play(script: { $0.answer(events: Self.stream, every: size) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.all() == Self.heard)
        }
    }

    @Test("Line ends may be CRLF")
    func carriageReturns() async throws {
        let events = Self.stream.replacing("\n", with: "\r\n")
        try await Scene.play(script: { $0.answer(events: events, every: 5) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.all() == Self.heard)
        }
    }

    @Test("A question is sent with the key, as the API wants it")
    func question() async throws {
        try await Scene.play { scene, server in
            var prompt = Prompt(
                model: "doge-7b",
                turns: [
                    .init(role: .system, parts: [.text("You are a doge.")]),
                    .init(role: .developer, parts: [.text("Be brief.")]),
                    .init(role: .user, parts: [.text("Look:"), .image(url: "data:image/png;base64,AAAA")]),
                    .init(role: .assistant, parts: [.text("A bridge.")]),
                    .init(role: .user, parts: [.text("Which"), .text("one?")]),
                ])
            prompt.temperature = 0.5
            prompt.maxOutputTokens = 64
            prompt.stop = ["END"]
            prompt.user = "marco"
            prompt.metadata = ["trip": "1271"]
            scene.ask(Listener(), prompt)
            let exchange = await server.next()
            #expect(exchange.line == "POST /v1/chat/completions HTTP/1.1")
            #expect(exchange.header("Authorization") == "Bearer \(Scene.key)")
            #expect(exchange.header("Content-Type") == "application/json")
            #expect(
                exchange.json
                    == JSON.read(
                        """
                        {"model":"doge-7b","stream":true,"stream_options":{"include_usage":true},"temperature":0.5,
                        "max_tokens":64,"stop":["END"],"user":"marco","metadata":{"trip":"1271"},"messages":[
                        {"role":"system","content":"You are a doge."},{"role":"system","content":"Be brief."},
                        {"role":"user","content":[{"type":"text","text":"Look:"},
                        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
                        {"role":"assistant","content":"A bridge."},{"role":"user","content":"Which\\none?"}]}
                        """))
        }
    }

    @Test("Without a key variable no key is sent")
    func noKey() async throws {
        try await Scene.play { scene, server in
            scene.settings.keyVariable = nil
            scene.settings.url += "/"
            scene.ask(Listener())
            let exchange = await server.next()
            #expect(exchange.header("Authorization") == nil)
            #expect(exchange.line == "POST /v1/chat/completions HTTP/1.1")
        }
    }

    @Test("A URL may have a query")
    func query() async throws {
        try await Scene.play { scene, server in
            scene.settings.url += "/?api-version=1"
            scene.ask(Listener())
            #expect(await server.next().line == "POST /v1/chat/completions?api-version=1 HTTP/1.1")
        }
    }

    static let completion = """
        {"id":"c1","object":"chat.completion","model":"doge-7b","choices":[{"index":0,"message":
        {"role":"assistant","content":"Ciao."},"finish_reason":"length"}],
        "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
        """

    @Test("An answer in one piece is read, whether a stream was asked for or not", arguments: [true, false])
    func whole(streams: Bool) async throws {
        try await Scene.play(streams: streams) { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            #expect(exchange.json?["stream"] == .bool(streams))
            #expect(exchange.json?["stream_options"] == (streams ? ["include_usage": true] : nil))
            exchange.answer(Self.completion, type: "application/json; charset=utf-8")
            #expect(
                await listener.all() == [
                    .piece(.text("Ciao.")), .piece(.usage(Usage(inputTokens: 3, outputTokens: 2))),
                    .end(.finished(.length)),
                ])
        }
    }

    @Test("A stream is read though none was asked for")
    func unaskedStream() async throws {
        try await Scene.play(streams: false, script: { $0.answer(events: Self.stream) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.all() == Self.heard)
        }
    }

    @Test("Tool-call deltas come through as they were sent")
    func toolCalls() async throws {
        let first = #"{"index":0,"id":"call_1","type":"function","function":{"name":"gondola","arguments":""}}"#
        let second = #"{"index":0,"function":{"arguments":"{\"to\":\"Rialto\"}"}}"#
        let events = """
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[\(first)]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[\(second)]}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """
        try await Scene.play(script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.all() == [
                    .piece(.toolCall(first)), .piece(.toolCall(second)), .end(.finished(.toolCalls)),
                ])
        }
    }

    @Test("A whole tool call becomes a delta with its place")
    func wholeToolCall() async throws {
        let body = """
            {"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function"}]},
            "finish_reason":"tool_calls"}]}
            """
        try await Scene.play(streams: false, script: { $0.answer(body) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let heard = await listener.all()
            #expect(heard.first == .piece(.toolCall(#"{"id":"a","type":"function","index":0}"#)))
            #expect(heard.last == .end(.finished(.toolCalls)))
        }
    }

    @Test(
        "Each reason to finish has its word",
        arguments: [
            ("stop", FinishReason.stop), ("length", .length), ("tool_calls", .toolCalls),
            ("function_call", .toolCalls), ("content_filter", .contentFilter), ("eos", .stop),
        ])
    func finish(word: String, reason: FinishReason) async throws {
        let events = "data: {\"choices\":[{\"delta\":{\"content\":\"Si\"},\"finish_reason\":\"\(word)\"}]}\n\n"
        try await Scene.play(script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.all() == [.piece(.text("Si")), .end(.finished(reason))])
        }
    }

    @Test("[DONE] alone is an end")
    func doneAlone() async throws {
        let events = "data: {\"choices\":[{\"delta\":{\"content\":\"Si\"}}]}\n\ndata: [DONE]\n\n"
        try await Scene.play(script: { $0.answer(events: events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.answer().end == .finished(.stop))
        }
    }

    @Test("A count in every chunk is told once, the last one")
    func countsEverywhere() async throws {
        let events = (1...3).map {
            """
            data: {"choices":[{"delta":{"content":"\($0)"}}],"usage":{"prompt_tokens":4,"completion_tokens":\($0)}}


            """
        }
        try await Scene.play(script: { $0.answer(events: events.joined() + "data: [DONE]\n\n") }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let usage = await listener.all().filter { if case .piece(.usage) = $0 { true } else { false } }
            #expect(usage == [.piece(.usage(Usage(inputTokens: 4, outputTokens: 3)))])
        }
    }

    @Test("A server that knows no stream_options is asked again without, once and for all")
    func streamOptions() async throws {
        let refusal = #"{"error":{"message":"Unknown field: stream_options","type":"invalid_request_error"}}"#
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            await server.next().answer("400 Bad Request", refusal)
            let second = await server.next()
            #expect(second.json?["stream_options"] == nil)
            #expect(second.json?["stream"] == true)
            second.answer(events: Self.stream)
            #expect(await listener.all() == Self.heard)

            scene.ask(Listener())
            #expect(await server.next().json?["stream_options"] == nil)
        }
    }

    @Test("A lesson is learned from a refusal whose connection breaks")
    func brokenLesson() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let first = await server.next()
            first.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\nNo stream_options!")
            first.hangUp()
            await server.next().answer(events: Self.stream)
            #expect(await listener.all() == Self.heard)
        }
    }

    @Test("A refusal that names stream_options again is a refusal")
    func stubborn() async throws {
        let refusal = #"{"error":{"message":"stream_options? Never."}}"#
        try await Scene.play(script: { $0.answer("400 Bad Request", refusal) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.fault()?.refusal.reason == .invalid)
        }
    }

    @Test("A model that wants max_completion_tokens gets it")
    func completionTokens() async throws {
        let refusal = #"{"error":{"message":"'max_tokens' is not supported, use 'max_completion_tokens'."}}"#
        try await Scene.play { scene, server in
            var prompt = Prompt.hello
            prompt.maxOutputTokens = 9
            scene.ask(Listener(), prompt)
            await server.next().answer("400 Bad Request", refusal)
            let body = await server.next().json
            #expect(body?["max_tokens"] == nil)
            #expect(body?["max_completion_tokens"] == 9)
        }
    }
}
