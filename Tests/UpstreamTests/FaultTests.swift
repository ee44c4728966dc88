import Domain
import Foundation
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct FaultTests {
    private func fault(
        _ status: String, _ body: String, type: String = "application/json", headers: [String: String] = [:]
    ) async throws -> UpstreamFault {
        var fault: UpstreamFault?
        try await Scene.play(script: { $0.answer(status, body, type: type, headers: headers) }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            fault = await listener.fault()
        }
        return try #require(fault)
    }

    @Test(
        "A status has its meaning",
        arguments: [
            ("400 Bad Request", Refusal.Reason.invalid, false, "did not accept the question (400): It is so."),
            ("401 Unauthorized", .unavailable, false, "refused its key (401)."),
            ("403 Forbidden", .unavailable, false, "refused its key (403)."),
            ("404 Not Found", .unavailable, false, "does not know the model “doge-7b” (404): It is so."),
            ("408 Request Timeout", .unavailable, true, "answered with status 408: It is so."),
            ("409 Conflict", .unavailable, true, "answered with status 409: It is so."),
            ("413 Payload Too Large", .tooLarge, false, "finds the question too large (413)."),
            ("422 Unprocessable Entity", .invalid, false, "did not accept the question (422): It is so."),
            ("429 Too Many Requests", .unavailable, true, "takes no more questions at the moment (429)."),
            ("500 Internal Server Error", .unavailable, true, "failed (500)."),
            ("502 Bad Gateway", .unavailable, true, "failed (502)."),
            ("503 Service Unavailable", .unavailable, true, "is overloaded (503)."),
            ("529 Overloaded", .unavailable, true, "is overloaded (529)."),
            ("302 Found", .unavailable, false, "redirects elsewhere (302); its URL must be the final one."),
        ])
    func status(status: String, reason: Refusal.Reason, isTransient: Bool, words: String) async throws {
        let fault = try await fault(status, #"{"error":{"message":"It is so."}}"#)
        #expect(fault.refusal == Refusal(reason, "The upstream “gritti” \(words)"))
        #expect(fault.isTransient == isTransient)
    }

    @Test("Credit that is used up is not waited for")
    func credit() async throws {
        let fault = try await fault(
            "429 Too Many Requests", #"{"error":{"message":"Pay.","code":"insufficient_quota"}}"#)
        #expect(!fault.isTransient)
        #expect(fault.refusal.message == "The upstream “gritti” has no credit left (429).")
    }

    @Test(
        "Retry-After is understood in its forms",
        arguments: [
            (["Retry-After": "7"], 7.0), (["Retry-After": "0.5"], 0.5), (["retry-after-ms": "1500"], 1.5),
            (["Retry-After": "9", "Retry-After-Ms": "250"], 0.25),
            (["Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"], 0),
        ] as [([String: String], Double)])
    func retryAfter(headers: [String: String], seconds: Double) async throws {
        let fault = try await fault("429 Too Many Requests", "{}", headers: headers)
        #expect(fault.retryAfterSeconds == seconds)
        #expect(fault.refusal.retryAfterSeconds == Int(seconds.rounded(.up)))
    }

    @Test("Retry-After may be a date")
    func retryAfterDate() async throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = formatter.string(from: Date() + 1000)
        let fault = try await fault("503 Service Unavailable", "{}", headers: ["Retry-After": date])
        #expect((500...1000).contains(try #require(fault.retryAfterSeconds)))
    }

    @Test("Nonsense in Retry-After is none", arguments: ["soon", "-3", "nan", "inf", ""])
    func retryAfterNonsense(text: String) async throws {
        #expect(try await fault("503 Busy", "{}", headers: ["Retry-After": text]).retryAfterSeconds == nil)
    }

    @Test("A server's own advice about asking again counts")
    func shouldRetry() async throws {
        #expect(try await !fault("500 Oh", "{}", headers: ["x-should-retry": "false"]).isTransient)
        #expect(try await fault("400 Oh", "{}", headers: ["x-should-retry": "true"]).isTransient)
    }

    @Test(
        "The server's words are found in every usual shape",
        arguments: [
            #"{"error":{"message":"Words."}}"#, #"{"error":"Words."}"#, #"{"message":"Words."}"#,
            #"{"detail":"Words."}"#, #"{"detail":[{"loc":["body"],"msg":"Words."}]}"#, "Words.", " Words.\n",
        ])
    func words(body: String) async throws {
        #expect(
            try await fault("400 No", body).refusal.message
                == "The upstream “gritti” did not accept the question (400): Words.")
    }

    @Test("A page has no words, and no words are none", arguments: ["<html><body>Bad</body></html>", "", "{}", "[1]"])
    func noWords(body: String) async throws {
        #expect(
            try await fault("400 No", body, type: "text/html").refusal.message
                == "The upstream “gritti” did not accept the question (400).")
    }

    @Test("Long words are shortened to 300 characters")
    func longWords() async throws {
        let body = #"{"error":{"message":"\#(String(repeating: "lungo ", count: 500))"}}"#
        let message = try await fault("400 No", body).refusal.message
        #expect(message.count == "The upstream “gritti” did not accept the question (400): ".count + 300)
        #expect(message.hasSuffix("…"))
    }

    @Test("An endless refusal is read for 64 KiB and then left")
    func endless() async throws {
        try await Scene.play { scene, server in
            let listener = Listener()
            scene.ask(listener)
            let exchange = await server.next()
            exchange.send("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n")
            exchange.stream(String(repeating: "no ", count: 30_000))
            #expect(await listener.fault()?.refusal.message == "The upstream “gritti” failed (500).")
            try await exchange.closed()
        }
    }

    @Test(
        "Whatever the server repeats, the key is not told",
        arguments: ["400 No", "401 No", "403 No", "404 No", "418 No", "429 No", "500 No"])
    func secrecy(status: String) async throws {
        let body = #"{"error":{"message":"Bad header Authorization: Bearer \#(Scene.key), key=\#(Scene.key)!"}}"#
        let fault = try await fault(status, body)
        #expect(!"\(fault)".contains("Secret"))
        #expect(!fault.refusal.message.contains(Scene.key))
    }

    @Test("The key is not told by an error in the stream, nor in an answer")
    func secrecyInStream() async throws {
        let error = #"{"error":{"message":"key \#(Scene.key)"}}"#
        try await Scene.play(script: { $0.answer(events: "data: \(error)\n\n") }) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            #expect(
                await listener.fault()?.refusal.message == "The upstream “gritti” answered with an error: key [key]")
        }
    }

    @Test("A missing key is named by its variable, and nobody is asked")
    func missingKey() async throws {
        try await Scene.play(key: nil) { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let fault = await listener.fault()
            #expect(
                fault?.refusal.message
                    == "The upstream “gritti” has no key: the server's environment has no MODEL_KEY.")
            #expect(fault?.isTransient == false)
        }
    }

    @Test("A key that no header can carry is refused without being told")
    func badKey() async throws {
        try await Scene.play(key: "two\nSecret lines") { scene, _ in
            let listener = Listener()
            scene.ask(listener)
            let message = try #require(await listener.fault()).refusal.message
            #expect(message.contains("MODEL_KEY"))
            #expect(!message.contains("Secret"))
        }
    }

    @Test("A line end after the key is not part of it")
    func keyFromFile() async throws {
        try await Scene.play(key: "\(Scene.key)\n") { scene, server in
            scene.ask(Listener())
            #expect(await server.next().header("Authorization") == "Bearer \(Scene.key)")
        }
    }
}
