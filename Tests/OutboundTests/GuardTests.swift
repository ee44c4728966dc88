import Domain
import Outbound
import Testing

/// The addresses that the client goes to, and those that it does not.
@Suite(.timeLimit(.minutes(2)))
struct GuardTests {
    private static func forbidden(_ host: String) -> OutboundFault {
        OutboundFault(.forbidden, "The address of “\(host)” is one that this server may not call.")
    }

    @Test(
        "Loopback is closed however it is written, and nobody knocks at it",
        arguments: [
            "127.0.0.1", "localhost", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "0x7f000001", "0", "0.0.0.0",
            "127.0.0.1.", "LOCALHOST", "localhost.",
        ])
    func loopback(host: String) async throws {
        try await StreetDoor.open { door in
            let fault = await Messenger.real().outcome("http://\(host):\(door.port)/").fault
            // A resolver may not know a strange spelling, which is as good.
            #expect([.forbidden, .unreachable].contains(fault?.reason), "\(host)")
            if fault?.reason == .forbidden { #expect(fault == Self.forbidden(host.lowercased())) }
            try await expectOnlyOneCaller(door)
        }
    }

    @Test(
        "An address in brackets is judged by what it is",
        arguments: [
            "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "::127.0.0.1", "::", "2002:7f00:1::",
        ])
    func brackets(host: String) async throws {
        try await StreetDoor.open { door in
            let result = await Messenger.real().outcome("http://[\(host)]:\(door.port)/")
            #expect(result.fault == Self.forbidden(host))
            try await expectOnlyOneCaller(door)
        }
    }

    /// Whatever had come in before would have been counted first.
    private func expectOnlyOneCaller(_ door: StreetDoor) async throws {
        let result = try await Messenger.with().send(
            OutboundRequest(url: "http://127.0.0.1:\(door.port)/probe"), to: door
        ) { caller in
            #expect(caller.line == "GET /probe HTTP/1.1")
            caller.answer()
        }
        #expect(try result.get().status == 200)
        #expect(door.connections == 1)
    }

    @Test("What the operator opened is called, by name and by number", arguments: ["127.0.0.1", "127.1", "localhost"])
    func opened(host: String) async throws {
        try await StreetDoor.open { door in
            let result = try await Messenger.real(open: ["127.0.0.0/8", "::1"]).send(
                OutboundRequest(url: "http://\(host):\(door.port)/"), to: door
            ) { caller in
                #expect(caller.header("host") == "\(host):\(door.port)")
                caller.answer("ciao")
            }
            #expect(
                try result.get()
                    == OutboundAnswer(status: 200, headers: ["content-length": "4"], body: Array("ciao".utf8)))
        }
    }

    @Test("An IPv6 address in the URL is called")
    func openedIPv6() async throws {
        try await StreetDoor.open(host: "::1") { door in
            let result = try await Messenger.with().send(
                OutboundRequest(url: "http://[::1]:\(door.port)/"), to: door
            ) { caller in
                #expect(caller.header("host") == "[::1]:\(door.port)")
                caller.answer()
            }
            #expect(try result.get().status == 200)
        }
    }

    @Test("The operator's own addresses are never closed")
    func operators() async throws {
        try await StreetDoor.open { door in
            var request = OutboundRequest(url: "http://palazzo.example:\(door.port)/")
            let client = Messenger.with(open: [], names: ["palazzo.example": ["127.0.0.1"]])
            #expect(await client.outcome(request).fault == Self.forbidden("palazzo.example"))
            request.isOperators = true
            let result = try await client.send(request, to: door) { $0.answer() }
            #expect(try result.get().status == 200)
            #expect(door.connections == 1)
        }
    }

    @Test("A name that changes its address after it was judged is called at the judged one")
    func rebinding() async throws {
        try await StreetDoor.open { door in
            let questions = Counter()
            let client = Messenger.with { _ in
                questions.add()
                return [questions.value == 1 ? "127.0.0.1" : "127.0.0.2"].compactMap { IPAddress(parsing: $0) }
            }
            let request = OutboundRequest(url: "http://rebinding.example:\(door.port)/")
            let result = try await client.send(request, to: door) { caller in
                #expect(caller.header("host") == "rebinding.example:\(door.port)")
                caller.answer()
            }
            #expect(try result.get().status == 200)
            #expect(questions.value == 1)
        }
    }

    @Test("A name that turns to loopback is asked for once, and loopback never hears of it")
    func rebindingToLoopback() async throws {
        try await StreetDoor.open { door in
            let questions = Counter()
            let client = Messenger.with(open: []) { _ in
                questions.add()
                return [questions.value == 1 ? "93.184.216.34" : "127.0.0.1"].compactMap { IPAddress(parsing: $0) }
            }
            var request = OutboundRequest(url: "http://rebinding.example:\(door.port)/")
            request.seconds = 1
            let fault = await client.outcome(request).fault
            #expect([.timedOut, .unreachable].contains(fault?.reason))
            #expect(questions.value == 1)
            try await expectOnlyOneCaller(door)
        }
    }

    @Test(
        "One closed address among the open ones closes the name",
        arguments: [
            ["93.184.216.34", "127.0.0.1"], ["::1", "93.184.216.34"], ["8.8.8.8", "::ffff:10.0.0.1", "1.1.1.1"],
        ])
    func mixed(addresses: [String]) async throws {
        let client = Messenger.with(open: [], names: ["mixed.example": addresses])
        #expect(await client.outcome("http://mixed.example/").fault == Self.forbidden("mixed.example"))
    }

    @Test("Where nobody opens, the next address is tried")
    func nextAddress() async throws {
        try await StreetDoor.open { door in
            let client = Messenger.with(names: ["two.example": ["127.0.0.9", "127.0.0.1"]])
            let request = OutboundRequest(url: "http://two.example:\(door.port)/")
            let result = try await client.send(request, to: door) { $0.answer("here") }
            #expect(try result.get().body == Array("here".utf8))
        }
    }

    @Test("Where somebody opened, the request is not sent to the next address")
    func onlyOnce() async throws {
        try await StreetDoor.open { second in
            try await StreetDoor.open(host: "127.0.0.9", port: second.port) { first in
                let client = Messenger.with(names: ["two.example": ["127.0.0.9", "127.0.0.1"]])
                let request = OutboundRequest(url: "http://two.example:\(second.port)/")
                let result = try await client.send(request, to: first) { $0.hangUp() }
                #expect(result.fault?.reason == .unreachable)
                #expect(first.connections == 1)
            }
            try await expectOnlyOneCaller(second)
        }
    }

    @Test("A redirect is an answer, and is not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        try await StreetDoor.open { treasury in
            try await StreetDoor.open { door in
                let place = "http://127.0.0.1:\(treasury.port)/treasury"
                let result = try await Messenger.with().send(
                    OutboundRequest(url: "http://127.0.0.1:\(door.port)/"), to: door
                ) { $0.answer(status: "\(status) Elsewhere", headers: "Location: \(place)\r\n") }
                #expect(try result.get().status == status)
                #expect(try result.get().headers["location"] == place)
            }
            try await expectOnlyOneCaller(treasury)
        }
    }
}
