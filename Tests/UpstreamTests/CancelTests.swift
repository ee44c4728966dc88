import Domain
import NIOCore
import NIOPosix
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct CancelTests {
    @Test("Canceled before anything is sent, nothing is heard")
    func beforeConnecting() async throws {
        try await Scene.play { scene, server in
            let canceled = Listener()
            scene.ask(canceled).cancel()
            // The next question shows that the first is behind us.
            let later = Listener()
            scene.ask(later)
            await server.next().answer(events: ChatCompletionsTests.stream)
            _ = await later.all()
            #expect(await canceled.rest().isEmpty)
        }
    }

    @Test("Canceled before the answer begins, the server sees the connection close")
    func beforeHead() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener)
            let exchange = await server.next()
            asking.cancel()
            try await exchange.closed()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled after the head, the server sees the connection close")
    func afterHead() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(": alive\n\n")
            asking.cancel()
            try await exchange.closed()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled in the middle, from another thread, the server sees the connection close")
    func midBody() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener)
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(BrokenAnswerTests.begun)
            #expect(await listener.next() == .piece(.text("Half")))
            asking.cancel()
            try await exchange.closed()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled while a piece is heard, no other piece of the same bytes is")
    func whileHearing() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener)
            listener.react { _ in asking.cancel() }
            let exchange = await server.next()
            exchange.openStream()
            exchange.stream(ChatCompletionsTests.stream)
            #expect(await listener.next() == .piece(.text("I am the ")))
            try await exchange.closed()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled in an answer of one piece, the server sees the connection close")
    func midWhole() async throws {
        try await Scene.play(streams: false) { scene, server in
            let listener = Listener()
            let asking = scene.ask(listener)
            let exchange = await server.next()
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
            asking.cancel()
            try await exchange.closed()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled after the end, or twice, nothing happens")
    func afterEnd() async throws {
        try await Scene.play(script: { $0.answer(events: ChatCompletionsTests.stream) }) { scene, _ in
            let listener = Listener()
            let asking = scene.ask(listener)
            #expect(await listener.all() == ChatCompletionsTests.heard)
            asking.cancel()
            asking.cancel()
            #expect(await listener.rest().isEmpty)
        }
    }

    @Test("Canceled at any moment by any thread, an answer is never heard again and the server lets go")
    func storm() async throws {
        try await Scene.play(script: { exchange in
            exchange.openStream()
            for _ in 0..<50 { exchange.stream(BrokenAnswerTests.begun) }
        }) { scene, server in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { [scene] in
                        let listener = Listener()
                        let asking = scene.ask(listener)
                        for _ in 0..<(number % 5) { _ = await listener.next() }
                        asking.cancel()
                        for heard in await listener.rest() { if case .end = heard { throw HeardAnEnd() } }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    struct HeardAnEnd: Error {}

    @Test("Letting go of an asking does not stop it")
    func letGo() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            do { _ = scene.ask(listener) }
            await server.next().answer(events: ChatCompletionsTests.stream)
            #expect(await listener.all() == ChatCompletionsTests.heard)
        }
    }

    @Test("An asking that is over, however it ended, is forgotten with all it knew", arguments: [true, false])
    func forgotten(finishes: Bool) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        weak var asking: AnyObject?
        weak var heard: Listener?
        try await Scene.play { scene, server in
            let listener = Listener()
            let asked = scene.ask(listener, near: loop)
            asking = asked as AnyObject
            heard = listener
            let exchange = await server.next()
            exchange.answer(events: BrokenAnswerTests.begun + (finishes ? "data: [DONE]\n\n" : ""))
            _ = await listener.all()
        }
        try await loop.submit {}.get()
        #expect(asking == nil)
        #expect(heard == nil)
    }

    static let stopping = "The upstream “gritti” was let go: this server is stopping."

    @Test("A pool that is shut down ends what is asked, and what is asked of it later")
    func shutdown() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            await scene.pool.shutdown()
            #expect(await listener.fault()?.refusal.message == Self.stopping)
            try await exchange.closed()
            let late = Listener()
            scene.ask(late)
            #expect(await late.fault()?.refusal.message == Self.stopping)
        }
    }
}
