package import Domain
import Foundation
package import Hummingbird
package import Logging
package import NIOCore
import Synchronization

/// What every door knows of the request it is answering.
package struct DoorContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    /// Filled in on the way, read when the request is logged.
    let notes = RequestNotes()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The address of the other end, without its port.
    var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }

    /// What stands in the path at a capture, percent-decoded; empty where there is no such capture.
    func parameter(_ name: String) -> String {
        parameters.get(name).map { $0.removingPercentEncoding ?? $0 } ?? ""
    }
}

/// What the log and `Server-Timing` will say of a request.
final class RequestNotes: Sendable {
    struct Words {
        var requestID = ""
        var run: ID?
        var conversation: String?
        var principal: String?
        /// Where the caller stands in its rates, if they are counted.
        var rate: RateWindow.Standing?
        var timings: [(name: String, milliseconds: Double)] = []
    }

    private let words = Mutex(Words())

    func note(_ change: (inout Words) -> Void) {
        words.withLock { change(&$0) }
    }

    /// Which run the request is about.
    func note(_ run: Run) {
        note { words in
            words.run = run.id
            words.conversation = run.conversation
        }
    }

    var now: Words { words.withLock { $0 } }

    /// Runs a step and notes how long it took.
    func timing<Value>(_ name: String, _ step: () async throws -> Value) async rethrows -> Value {
        let start = ContinuousClock.now
        defer {
            let took = start.duration(to: .now)
            note { $0.timings.append((name, took.inMilliseconds)) }
        }
        return try await step()
    }
}
