import Domain
import Outbound
import Testing

/// Whoever does not answer, or not in time.
@Suite(.timeLimit(.minutes(2)))
struct NoAnswerTests {
    @Test(
        "A server that does not answer has only its time",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
    func late(beginning: String) async throws {
        try await StreetDoor.open { door in
            var request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/")
            request.seconds = 2
            let start = ContinuousClock.now
            // Not waited for: on a busy machine the time may be over before anyone has called.
            let answering = Task { try await door.next().say(beginning) }
            let result = await Messenger.with().outcome(request)
            answering.cancel()
            #expect(result.fault == OutboundFault(.timedOut, "“127.0.0.1” did not answer within 2 s."))
            #expect((ContinuousClock.now - start) / .seconds(1) >= 1.9)
        }
    }

    @Test("A resolver that does not answer has no more time, and is not waited for")
    func lateResolver() async throws {
        let (names, waiting) = AsyncStream.makeStream(of: CheckedContinuation<[IPAddress], Never>.self)
        let client = Messenger.with { _ in await withCheckedContinuation { waiting.yield($0) } }
        var request = OutboundRequest(url: "http://slow.example/")
        request.seconds = 1
        #expect(
            await client.outcome(request).fault
                == OutboundFault(.timedOut, "“slow.example” did not answer within 1 s."))
        for await name in names {
            name.resume(returning: [])
            break
        }
    }

    @Test("Where nobody listens, the connection is refused")
    func refused() async throws {
        let port = try await StreetDoor.open { $0.port }
        #expect(
            await Messenger.with().outcome("http://127.0.0.1:\(port)/").fault
                == OutboundFault(.unreachable, "“127.0.0.1” could not be reached: the connection was refused."))
    }

    @Test("A name that nobody knows cannot be reached")
    func unknownName() async throws {
        let words = "“nobody.invalid” could not be reached: its name was not found."
        for client in [Messenger.real(), Messenger.with()] {
            #expect(await client.outcome("http://nobody.invalid/").fault == OutboundFault(.unreachable, words))
        }
    }

    @Test(
        "A connection that breaks is no answer",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "HTTP/1.1 200", "Buongiorno!\r\n\r\n"])
    func broken(beginning: String) async throws {
        try await StreetDoor.open { door in
            let request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/")
            let result = try await Messenger.with().send(request, to: door) { caller in
                caller.say(beginning)
                caller.hangUp()
            }
            #expect(result.fault?.reason == .unreachable, "\(result)")
        }
    }

    @Test("A connection that is closed at once is no answer")
    func rude() async throws {
        try await StreetDoor.open(isRude: true) { door in
            for _ in 1...50 {
                let fault = await Messenger.with().outcome("http://127.0.0.1:\(door.port)/").fault
                #expect(
                    fault
                        == OutboundFault(.unreachable, "“127.0.0.1” could not be reached: the connection broke."))
            }
        }
    }

    @Test(
        "Canceled, a request ends at once and its connection with it", arguments: ["", "HTTP/1.1 200 OK\r\n\r\nhalf"])
    func cancel(beginning: String) async throws {
        try await StreetDoor.open { door in
            let task = Task { await Messenger.with().outcome("http://127.0.0.1:\(door.port)/") }
            let caller = try await door.next()
            caller.say(beginning)
            task.cancel()
            #expect(
                await task.value.fault
                    == OutboundFault(
                        .unreachable, "“127.0.0.1” could not be reached: the request was canceled."))
            try await caller.closed()
        }
    }
}
