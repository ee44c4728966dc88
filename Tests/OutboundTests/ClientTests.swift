import Domain
import Outbound
import Testing

/// What is sent, and what comes back.
@Suite(.timeLimit(.minutes(2)))
struct ClientTests {
    @Test("A request arrives as it was meant, without anything that was not")
    func request() async throws {
        try await StreetDoor.open { door in
            var request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/a//b/./c/../d%20e?x=%2B&y=%7B#part")
            request.method = "POST"
            request.headers = [
                "X-Signature": "sha256=abc", "Host": "other.example", "Transfer-Encoding": "chunked",
                "Content-Length": "1", "Connection": "keep-alive",
            ]
            request.body = Array("{}".utf8)
            let result = try await Messenger.with().send(request, to: door) { caller in
                #expect(
                    Set(caller.head.split(separator: "\r\n").map(String.init)) == [
                        "POST /a//b/./c/../d%20e?x=%2B&y=%7B HTTP/1.1", "X-Signature: sha256=abc",
                        "host: 127.0.0.1:\(door.port)", "connection: close", "Content-Length: 2",
                    ])
                #expect(caller.body == "{}")
                caller.answer("ok", headers: "X-Seen: one\r\nx-seen: two\r\n")
            }
            #expect(try result.get().headers["x-seen"] == "one")
        }
    }

    @Test(
        "The path arrives byte for byte",
        arguments: ["/", "/%C3%A0", "/?", "/?%FF", "//", "/x/", "/%2e%2e/", "/a;b=1,2@:"])
    func path(path: String) async throws {
        try await StreetDoor.open { door in
            let result = try await Messenger.with().send(
                OutboundRequest(url: "http://127.0.0.1:\(door.port)\(path)"), to: door
            ) { caller in
                #expect(caller.line == "GET \(path) HTTP/1.1")
                caller.answer()
            }
            #expect(try result.get().status == 200)
        }
    }

    @Test("What HTTP does not allow is not sent")
    func invalid() async throws {
        var requests = [OutboundRequest](repeating: OutboundRequest(url: "http://127.0.0.1:9/"), count: 4)
        requests[0].method = "GET / HTTP/1.1\r\nX:"
        requests[1].headers = ["a b": "c"]
        requests[2].headers = ["a": "b\r\nc: d"]
        requests[3].method = ""
        for request in requests { #expect(await Messenger.with().outcome(request).fault?.reason == .invalid) }
        #expect(await Messenger.with().outcome("file:///etc/passwd").fault?.reason == .invalid)
    }

    @Test("Every status is an answer", arguments: ["204 No Content", "404 Not Found", "500 Oh", "304 Not Modified"])
    func status(status: String) async throws {
        try await StreetDoor.open { door in
            let result = try await Messenger.with().send(
                OutboundRequest(url: "http://127.0.0.1:\(door.port)/"), to: door
            ) { $0.say("HTTP/1.1 \(status)\r\n" + (status < "400" ? "" : "Content-Length: 0\r\n") + "\r\n") }
            #expect(try String(result.get().status) == status.prefix(3))
        }
    }

    @Test("A body that ends with its limit is whole, one that goes on is cut", arguments: [9, 10, 11, 0])
    func limit(answerBytes: Int) async throws {
        try await StreetDoor.open { door in
            var request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/")
            request.answerBytes = answerBytes
            let result = try await Messenger.with().send(request, to: door) { $0.answer("0123456789") }
            #expect(try result.get().body == Array("0123456789".utf8.prefix(answerBytes)))
            #expect(try result.get().isCut == (answerBytes < 10))
        }
    }

    @Test("Of a body without end, as much is read as was asked for")
    func endless() async throws {
        try await StreetDoor.open { door in
            let request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/")
            let result = try await Messenger.with().send(request, to: door) { caller in
                caller.say("HTTP/1.1 200 OK\r\n\r\n")
                caller.sayWithoutEnd(String(repeating: "la", count: 10_000))
                try await caller.closed()
            }
            #expect(try result.get().body.count == 64 * 1024)
            #expect(try result.get().isCut)
        }
    }

    @Test("A compressed body stays as it is")
    func compressed() async throws {
        try await StreetDoor.open { door in
            let request = OutboundRequest(url: "http://127.0.0.1:\(door.port)/")
            let result = try await Messenger.with().send(request, to: door) { caller in
                #expect(caller.header("accept-encoding") == nil)
                caller.answer("not gzip at all", headers: "Content-Encoding: gzip\r\n")
            }
            #expect(try result.get().body == Array("not gzip at all".utf8))
        }
    }

    @Test(
        "An answer says when the other side wants to be asked again",
        arguments: [("7", 7), ("-7", nil), ("soon", nil)])
    func retryAfter(text: String, seconds: Int?) async throws {
        try await StreetDoor.open { door in
            let result = try await Messenger.with().send(
                OutboundRequest(url: "http://127.0.0.1:\(door.port)/"), to: door
            ) { $0.answer(status: "503 Busy", headers: "Retry-After: \(text)\r\n") }
            #expect(try result.get().retryAfterSeconds == seconds)
        }
    }

    @Test("Two requests have two connections")
    func connections() async throws {
        try await StreetDoor.open { door in
            for number in 1...2 {
                let result = try await Messenger.with().send(
                    OutboundRequest(url: "http://127.0.0.1:\(door.port)/"), to: door
                ) { $0.answer() }
                #expect(try result.get().status == 200)
                #expect(door.connections == number)
            }
        }
    }
}
