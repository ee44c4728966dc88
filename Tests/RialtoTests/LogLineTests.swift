import Domain
import Logging
import Synchronization
import Testing
import Wire

@testable import Rialto

/// What reaches the log, and what never does.
@Suite struct LogLineTests {
    /// Lines that were written, each as one write.
    private final class Page: Sendable {
        let writes = Mutex<[String]>([])
    }

    private func logger(_ page: Page, _ render: @escaping @Sendable (LogLine) -> String) -> Logger {
        let logs = Logs { bytes in page.writes.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        return Logger(label: "test") { _ in
            LineHandler(
                logs: logs, render: render, now: { Timestamp(milliseconds: 1_773_484_200_000) }, logLevel: .info)
        }
    }

    @Test func aLineIsOneJSONObjectWithFlatMetadata() {
        let page = Page()
        var logger = logger(page, LogLine.json)
        logger[metadataKey: "request"] = "r-1"
        logger.info("Answered", metadata: ["status": "200", "run": ["id": "7"], "level": "deep"])
        #expect(
            page.writes.withLock { $0 } == [
                #"{"ts":"2026-03-14T10:30:00.000Z","level":"info","message":"Answered","#
                    + #""level_":"deep","request":"r-1","run.id":"7","status":"200"}"# + "\n"
            ])
    }

    @Test func aLineForAPersonKeepsToOneLine() {
        let page = Page()
        logger(page, LogLine.text).warning("Two\nlines", metadata: ["cause": "a \"b\"\nc", "run": "7"])
        #expect(
            page.writes.withLock { $0 } == [
                #"2026-03-14T10:30:00.000Z warning Two\nlines cause="a \"b\"\nc" run=7"# + "\n"
            ])
    }

    @Test(arguments: [
        "authorization", "Authorization", "client_secret", "clientSecret", "access_token", "X-Api-Key", "apikey",
        "password", "Set-Cookie", "private.key", "jwt", "token",
    ])
    func whatCouldBeASecretIsNeverPrinted(name: String) {
        let page = Page()
        for render in [LogLine.json, LogLine.text] {
            logger(page, render).error("x", metadata: [name: "pound-of-flesh", "inner": [name: "pound-of-flesh"]])
        }
        #expect(page.writes.withLock { $0.count } == 2)
        #expect(page.writes.withLock { $0.allSatisfy { $0.contains("[hidden]") && !$0.contains("flesh") } })
    }

    @Test(arguments: ["request", "run", "conversation", "kid", "output_tokens", "keyboard", "status", "monkey"])
    func whatIsNoSecretIsPrinted(name: String) {
        #expect(!LogLine.isSecret(name))
    }

    @Test func linesOfManyWritersAreWhole() async {
        let page = Page()
        let logger = logger(page, LogLine.json)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { for line in 0..<50 { logger.info("\(writer) \(line)") } }
            }
        }
        let writes = page.writes.withLock { $0 }
        #expect(writes.count == 400)
        #expect(writes.allSatisfy { $0.hasSuffix("}\n") && (try? JSON.parse($0)) != nil })
    }

    @Test func whatIsBelowTheLevelIsNotWritten() {
        let page = Page()
        logger(page, LogLine.json).debug("quiet")
        #expect(page.writes.withLock { $0.isEmpty })
    }
}
