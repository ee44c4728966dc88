import Domain
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct KeptConnectionTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    /// Asks once and gives the exchange, whose answer has been heard to its end.
    private func askOnce(
        _ scene: Scene, _ server: ScriptedServer, headers: [String: String] = [:]
    ) async throws -> Exchange {
        let listener = Listener()
        scene.ask(listener, near: loop)
        let exchange = await server.next()
        exchange.answer("200 OK", ChatCompletionsTests.stream, type: "text/event-stream", headers: headers)
        #expect(await listener.all() == ChatCompletionsTests.heard)
        return exchange
    }

    @Test("One connection carries one question after the other")
    func kept() async throws {
        try await Scene.play { scene, server in
            for number in 1...5 {
                let exchange = try await askOnce(scene, server)
                #expect(exchange.number == number)
            }
        }
    }

    @Test("A connection that the server will close is closed, and the next question takes another")
    func closing() async throws {
        try await Scene.play { scene, server in
            try await askOnce(scene, server, headers: ["Connection": "close"]).closed()
            let other = try await askOnce(scene, server)
            #expect(other.number == 1)
        }
    }

    @Test("A connection that the server has closed meanwhile is not used again")
    func closed() async throws {
        try await Scene.play { scene, server in
            let exchange = try await askOnce(scene, server)
            exchange.hangUp()
            try await exchange.closed()
            let other = try await askOnce(scene, server)
            #expect(other.number == 1)
        }
    }

    /// Played on the server's loop: asking again is for what breaks right after it was sent.
    @Test("A question that meets a kept connection's end is asked again over another, once, before a response")
    func crossing() async throws {
        let asked = Mutex<[(number: Int, body: String)]>([])
        let script: @Sendable (Exchange) -> Void = { exchange in
            let count = asked.withLock { asked in
                asked.append((exchange.number, exchange.body))
                return asked.count
            }
            switch count {
            case 1, 4: exchange.answer(ChatCompletionsTests.stream, type: "text/event-stream")
            case 3: exchange.openStream()
            default: break
            }
            if ![1, 4].contains(count) { exchange.hangUp() }
        }
        try await Scene.play(script: script) { scene, _ in
            for isAnswered in [true, false, true, false] {
                let listener = Listener()
                scene.ask(listener, near: loop)
                guard !isAnswered else {
                    #expect(await listener.all() == ChatCompletionsTests.heard)
                    continue
                }
                #expect(
                    await listener.fault()?.refusal.message
                        == "The upstream “gritti” closed the connection without an answer.")
            }
        }
        let seen = asked.withLock { $0 }
        #expect(seen.map(\.number) == [1, 2, 1, 1, 2, 1])
        #expect(Set(seen.map(\.body)).count == 1)
    }

    @Test("A connection over which something comes unasked is closed", arguments: ["HTTP/1.1 200 OK\r\n\r\n", "?"])
    func unasked(words: String) async throws {
        try await Scene.play { scene, server in
            let exchange = try await askOnce(scene, server)
            exchange.send(words)
            try await exchange.closed()
            let other = try await askOnce(scene, server)
            #expect(other.number == 1)
        }
    }

    @Test("A connection on which an answer was given up is closed, and its rest never heard")
    func givenUp() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener, near: loop)
            let exchange = await server.next()
            exchange.openStream()
            asking.cancel()
            try await exchange.closed()
            let other = try await askOnce(scene, server)
            #expect(other.number == 1)
            #expect(await listener.rest() == [])
        }
    }

    @Test("Whoever does not finish the TLS handshake is given up after the connect limit")
    func handshake() async throws {
        let server = try await ScriptedServer()
        var scene = Scene(.openai, at: "https://127.0.0.1:\(server.port)")
        scene.settings.connectSeconds = 1
        let listener = Listener()
        scene.ask(listener)
        #expect(
            await listener.fault()
                == UpstreamFault(
                    Refusal(.unavailable, "The upstream “gritti” could not be connected to within 1 s."),
                    isTransient: true))
        await scene.pool.shutdown()
        try await server.stop()
    }

    @Test("A pool that is shut down ends the askings that are under way, and those that wait for their connection")
    func shutdown() async throws {
        let server = try await ScriptedServer()
        let waiting = Scene(.openai, at: "https://127.0.0.1:\(server.port)")
        let asked = Scene(.openai, at: server.address)
        for scene in [waiting, asked] {
            let listener = Listener()
            scene.ask(listener, near: loop)
            if scene.settings.url == asked.settings.url { _ = await server.next() }
            await scene.pool.shutdown()
            let fault = try #require(await listener.fault())
            #expect(fault.refusal.message == "The upstream “gritti” was let go: this server is stopping.")
            let late = Listener()
            scene.ask(late, near: loop)
            #expect(await late.fault() == fault)
        }
        try await server.stop()
    }
}
