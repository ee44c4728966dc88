import Domain
import NIOCore
import NIOPosix
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct TimeLimitTests {
    @Test("An answer that does not begin ends at the first-event limit")
    func firstEvent() async throws {
        try await Scene.play { scene, server in
            scene.settings.firstEventSeconds = 1
            let listener = Listener()
            let start = ContinuousClock.now
            scene.ask(listener)
            let exchange = await server.next()
            #expect(
                await listener.fault()
                    == UpstreamFault(
                        Refusal(.unavailable, "The upstream “gritti” did not begin to answer within 1 s."),
                        isTransient: true))
            #expect((ContinuousClock.now - start) / .seconds(1) >= 0.9)
            try await exchange.closed()
        }
    }

    @Test("Comments do not begin an answer")
    func comments() async throws {
        try await Scene.play(script: { exchange in
            exchange.openStream()
            exchange.stream(": waiting for a free machine\n\n")
        }) { scene, server in
            scene.settings.firstEventSeconds = 1
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message
                    == "The upstream “gritti” did not begin to answer within 1 s.")
        }
    }

    @Test("Pings do not begin an answer")
    func pings() async throws {
        try await Scene.play(
            .anthropic,
            script: { exchange in
                exchange.openStream()
                exchange.stream(PublishedEvents.ping)
            }
        ) { scene, _ in
            scene.settings.firstEventSeconds = 1
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message
                    == "The upstream “gritti” did not begin to answer within 1 s.")
        }
    }

    @Test("A server that falls silent ends at the idle limit, though it began long before the first-event limit")
    func idle() async throws {
        try await Scene.play { scene, server in
            scene.settings.idleSeconds = 1
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(BrokenAnswerTests.begun)
            #expect(
                await listener.fault()
                    == UpstreamFault(
                        Refusal(.unavailable, "The upstream “gritti” fell silent for 1 s."), isTransient: true))
            try await exchange.closed()
        }
    }

    @Test("A server that is silent after it finished has finished")
    func silentAfterFinish() async throws {
        try await Scene.play { scene, server in
            scene.settings.idleSeconds = 1
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream("data: {\"choices\":[{\"delta\":{\"content\":\"All\"},\"finish_reason\":\"length\"}]}\n\n")
            #expect(await listener.answer().end == .finished(.length))
            try await exchange.closed()
        }
    }

    @Test("A server that keeps alive by comments is not idle, but has only the whole time")
    func whole() async throws {
        try await Scene.play(script: { exchange in
            exchange.openStream()
            exchange.stream(BrokenAnswerTests.begun)
            exchange.keepAlive(every: .milliseconds(200))
        }) { scene, server in
            scene.settings.idleSeconds = 2
            scene.settings.wholeSeconds = 3
            let listener = Listener()
            let start = ContinuousClock.now
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message
                    == "The upstream “gritti” did not finish its answer within 3 s.")
            #expect((ContinuousClock.now - start) / .seconds(1) >= 2.9)
        }
    }

    @Test("A refusal that is never finished still says its status")
    func slowRefusal() async throws {
        try await Scene.play(script: {
            $0.send("HTTP/1.1 503 Busy\r\nRetry-After: 4\r\nContent-Length: 99\r\n\r\n{\"error\"")
        }) { scene, server in
            scene.settings.idleSeconds = 1
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(fault?.refusal.message == "The upstream “gritti” is overloaded (503).")
            #expect(fault?.retryAfterSeconds == 4)
        }
    }

    @Test("A connection that is not accepted ends at the connect limit")
    func connect() async throws {
        try await FullDoor.open { address in
            var scene = Scene(.openai, at: address)
            scene.settings.connectSeconds = 1
            let listener = Listener()
            let start = ContinuousClock.now
            scene.ask(listener)
            #expect(
                await listener.fault()
                    == UpstreamFault(
                        Refusal(.unavailable, "The upstream “gritti” could not be connected to within 1 s."),
                        isTransient: true))
            #expect((ContinuousClock.now - start) / .seconds(1) >= 0.9)
            await scene.pool.shutdown()
        }
    }

    @Test("Canceled while it connects, an answer hears nothing")
    func cancelWhileConnecting() async throws {
        try await FullDoor.open { address in
            let scene = Scene(.openai, at: address)
            let listener = Listener()
            scene.ask(listener).cancel()
            await scene.pool.shutdown()
            #expect(await listener.rest().isEmpty)
        }
    }
}

/// A listening socket with nobody behind it, whose queue is full: further connections are neither made nor refused.
enum FullDoor {
    static func open(_ body: (String) async throws -> Void) async throws {
        let door = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(door.localAddress)
        var callers: [any Channel] = []
        while callers.count < 64 {
            let caller = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.milliseconds(300)).connect(to: address).get()
            guard let caller else { break }
            callers.append(caller)
        }
        try await body("http://127.0.0.1:\(address.port ?? 0)")
        for caller in callers { try await caller.close() }
        try await door.close()
    }
}
