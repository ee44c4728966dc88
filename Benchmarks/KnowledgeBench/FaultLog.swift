import Foundation
import Logging
import Synchronization

/// What the domain only logs, such as a search that went on without vectors: here it must not happen unseen.
final class FaultLog: Sendable {
    private let texts = Mutex<[String]>([])

    func note(_ text: String) { texts.withLock { $0.append(text) } }

    func mustBeNone() throws {
        if let text = texts.withLock({ $0.first }) { throw Trouble(text) }
    }

    var logger: Logger { Logger(label: "bench") { _ in Handler(faults: self) } }

    private struct Handler: LogHandler {
        let faults: FaultLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let more = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
            faults.note(([event.message.description] + more).joined(separator: " "))
        }
    }
}
