import Domain
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct BrokenAnswerTests {
    static let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n"

    @Test("A stream that ends before its answer does is a fault, and may be asked again")
    func cut() async throws {
        try await Scene.play(script: { $0.answer(events: Self.begun) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let (text, end) = await listener.answer()
            #expect(text == "Half")
            #expect(
                end
                    == .failed(
                        UpstreamFault(
                            Refusal(.unavailable, "The upstream “gritti” broke its answer off."), isTransient: true)))
        }
    }

    @Test("A connection that closes in the middle of a stream is the same fault")
    func closed() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(Self.begun)
            #expect(await listener.next() == .piece(.text("Half")))
            exchange.hangUp()
            #expect(await listener.fault()?.refusal.message == "The upstream “gritti” broke its answer off.")
        }
    }

    @Test("A connection that closes after the reason to finish is no fault")
    func closedAfterFinish() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream("data: {\"choices\":[{\"delta\":{\"content\":\"All\"},\"finish_reason\":\"stop\"}]}\n\n")
            #expect(await listener.next() == .piece(.text("All")))
            exchange.hangUp()
            #expect(await listener.answer().end == .finished(.stop))
        }
    }

    @Test("A connection that closes without an answer is a fault that may pass")
    func noAnswer() async throws {
        try await Scene.play(script: { $0.hangUp() }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(fault?.refusal.message == "The upstream “gritti” closed the connection without an answer.")
            #expect(fault?.isTransient == true)
        }
    }

    @Test(
        "What no API for models sends is a fault",
        arguments: [
            "data: {\"choices\":\n\n", "data: \"hello\"\n\n", "data: {}} \n\n",
            "data: " + String(repeating: "x", count: 1_100_000) + "\n\n",
        ])
    func unreadable(events: String) async throws {
        try await Scene.play(script: { $0.answer(events: Self.begun + events) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(fault?.refusal.reason == .unavailable)
            #expect(fault?.refusal.message.hasPrefix("The upstream “gritti” sent an event that") == true)
        }
    }

    @Test("A page instead of an answer is a fault")
    func page() async throws {
        try await Scene.play(script: { $0.answer("<html>Welcome to nginx", type: "text/html") }) { scene, server in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message
                    == "The upstream “gritti” answered with “text/html”, which no API for models does.")
        }
    }

    @Test("What is not HTTP is a fault")
    func notHTTP() async throws {
        try await Scene.play(script: { $0.send("220 ready for mail\r\n") }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(await listener.fault()?.refusal.message == "The upstream “gritti” does not speak HTTP/1.1.")
        }
    }

    @Test("A broken answer in one piece is a fault", arguments: ["{", "[]", "{\"object\":\"list\"}", ""])
    func brokenWhole(body: String) async throws {
        try await Scene.play(streams: false, script: { $0.answer(body) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message
                    == "The upstream “gritti” sent an answer that its API does not have.")
        }
    }

    @Test("An answer in one piece has a limit, and memory with it")
    func tooLongWhole() async throws {
        try await Scene.play(streams: false) { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            let part = String(repeating: " ", count: 1 << 20)
            for _ in 0...16 { exchange.stream(part) }
            #expect(await listener.fault()?.refusal.message.contains("longer than Rialto reads") == true)
            try await exchange.closed()
        }
    }

    @Test("An error in the stream is a fault with the server's words")
    func errorInStream() async throws {
        let error = "data: {\"error\":{\"message\":\"Out of \\n memory\",\"type\":\"server_error\",\"code\":500}}\n\n"
        try await Scene.play(script: { $0.answer(events: Self.begun + error) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(fault?.refusal.message == "The upstream “gritti” answered with an error: Out of memory")
            #expect(fault?.isTransient == true)
        }
    }
}
