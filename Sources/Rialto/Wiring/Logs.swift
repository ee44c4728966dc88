import Domain
import Foundation
import Logging
import Synchronization

/// Where log lines go: standard error, one write for each line.
final class Logs: Sendable {
    static let standardError = Logs { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private let turn = Mutex(())
    private let send: @Sendable ([UInt8]) -> Void

    init(send: @escaping @Sendable ([UInt8]) -> Void) {
        self.send = send
    }

    func put(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        turn.withLock { _ in send(bytes) }
    }

    /// A logger as the settings want it; `auto` is text for a person at a terminal, JSON for everything else.
    static func logger(_ settings: Settings.Log, isTerminal: Bool = isatty(STDERR_FILENO) == 1) -> Logger {
        let format = settings.format == .auto ? (isTerminal ? .text : .json) : settings.format
        return Logger(label: "rialto") { _ in handler(format, settings.level) }
    }

    /// Makes every other logger of this process write the same way. Called once.
    static func install(_ settings: Settings.Log) -> Logger {
        let logger = logger(settings)
        let handler = logger.handler
        LoggingSystem.bootstrap { _ in handler }
        return logger
    }

    private static func handler(_ format: Settings.Log.Format, _ level: Logger.Level) -> LineHandler {
        let render = format == .text ? LogLine.text : LogLine.json
        return LineHandler(logs: .standardError, render: render, now: World.real.now, logLevel: level)
    }
}

/// Turns log events into lines.
struct LineHandler: LogHandler {
    let logs: Logs
    let render: @Sendable (LogLine) -> String
    let now: @Sendable () -> Timestamp
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(at: now(), level: event.level, message: event.message.description, metadata: all)
        logs.put(render(line))
    }
}
