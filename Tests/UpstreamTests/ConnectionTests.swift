import Domain
import NIOCore
import NIOPosix
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    private func fault(at address: String) async throws -> UpstreamFault {
        let scene = Scene(.openai, at: address)
        let listener = Listener()
        scene.ask(listener)
        let fault = await listener.fault()
        await scene.pool.shutdown()
        return try #require(fault)
    }

    @Test("A refused connection is told at once, and may pass")
    func refused() async throws {
        let server = try await ScriptedServer()
        try await server.stop()
        let fault = try await fault(at: server.address)
        #expect(fault.refusal.message == "The upstream “gritti” refused the connection: nothing listens there.")
        #expect(fault.isTransient)
    }

    @Test("A host that nobody knows is told, and may pass")
    func unknownHost() async throws {
        let fault = try await fault(at: "http://gritti.invalid:1")
        #expect(fault.refusal.message == "The upstream “gritti” could not be found: its host name has no address.")
        #expect(fault.isTransient)
    }

    @Test("A server that does not speak TLS is told, and may pass")
    func plainServer() async throws {
        let server = try await ScriptedServer(greeting: "220 ready for mail\r\n")
        let fault = try await fault(at: "https://127.0.0.1:\(server.port)")
        #expect(
            fault.refusal.message
                == "The upstream “gritti” could not be connected to securely: the TLS handshake failed.")
        #expect(fault.isTransient)
        try await server.stop()
    }

    @Test(
        "What is no address is told",
        arguments: ["", "localhost:80", "ftp://gritti", "http://", "http:///v1", "not a url at all"])
    func noAddress(url: String) async throws {
        let fault = try await fault(at: url)
        #expect(
            fault.refusal.message
                == "The upstream “gritti” cannot be asked: its URL is not an http or https address.")
        #expect(!fault.isTransient)
    }

    @Test("Many streams are open to one upstream at the same time")
    func many() async throws {
        try await Scene.play { scene, server in
            let listeners = (0..<100).map { _ in Listener() }
            for listener in listeners { scene.ask(listener) }
            var exchanges: [Exchange] = []
            for _ in listeners { exchanges.append(await server.next()) }
            #expect(Set(exchanges.map(\.connection)).count == 100)
            for exchange in exchanges { exchange.answer(events: ChatCompletionsTests.stream, every: 9) }
            for listener in listeners { #expect(await listener.all() == ChatCompletionsTests.heard) }
        }
    }

    @Test("More askings than connections are refused for the moment, and taken when one is free")
    func seats() async throws {
        try await Scene.play { scene, server in
            scene.settings.connections = 2
            let (one, two, three) = (Listener(), Listener(), Listener())
            scene.ask(one)
            scene.ask(two)
            let first = await server.next()
            let second = await server.next()
            scene.ask(three)
            #expect(
                await three.fault()
                    == UpstreamFault(
                        Refusal(.unavailable, "The upstream “gritti” has all of its 2 connections in use."),
                        isTransient: true))
            first.answer(events: ChatCompletionsTests.stream)
            second.hangUp()
            _ = await one.all()
            _ = await two.all()
            let four = Listener()
            scene.ask(four)
            await server.next().answer(events: ChatCompletionsTests.stream)
            #expect(await four.all() == ChatCompletionsTests.heard)
        }
    }

    @Test("The answer is heard where the reader lives, on a connection that is kept")
    func place() async throws {
        try await Scene.play { scene, server in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            var connections: Set<ObjectIdentifier> = []
            for _ in 1...8 {
                let listener = Listener()
                scene.ask(listener, near: loop)
                let exchange = await server.next()
                connections.insert(exchange.connection)
                exchange.answer(events: ChatCompletionsTests.stream)
                #expect(await listener.all() == ChatCompletionsTests.heard)
                #expect(listener.heardOn == [ObjectIdentifier(loop)])
            }
            // The end of a response may still be on its way when the next question is asked.
            #expect(connections.count < 8)
        }
    }

    @Test("A place that is no loop of the pool's is as good as none")
    func foreignPlace() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let places: [any Sendable] = ["Rialto", group.next()]
        try await Scene.play(script: { $0.answer(events: ChatCompletionsTests.stream) }) { scene, _ in
            for place in places {
                let listener = Listener()
                scene.ask(listener, near: place)
                #expect(await listener.all() == ChatCompletionsTests.heard)
            }
        }
        try await group.shutdownGracefully()
    }

    @Test("A connection whose response is never finished is closed after the answer")
    func unfinishedResponse() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(ChatCompletionsTests.stream)
            #expect(await listener.all() == ChatCompletionsTests.heard)
            try await exchange.closed()
        }
    }

    @Test("The same settings give the same upstream, other settings another")
    func sameUpstream() async throws {
        try await Scene.play { scene, _ in
            let one = scene.pool.upstream(for: scene.settings) as AnyObject
            #expect(scene.pool.upstream(for: scene.settings) as AnyObject === one)
            scene.settings.retries += 1
            #expect(scene.pool.upstream(for: scene.settings) as AnyObject !== one)
            #expect(scene.pool.upstream(for: .guide) is Silence)
        }
    }
}
