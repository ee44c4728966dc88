import Domain
import NIOCore

/// How long one asking may take, and which of its limits comes next. Times are the loop's.
///
/// - first event: from the request's head being sent to the first event of the stream, or the first byte of an answer
///   in one piece. Comments and pings are not events, so that a server that only says it is alive does not hold a run.
/// - idle: from then on, between any bytes at all; comments and pings are life.
/// - whole: from the asking to its end.
///
/// The connect limit is the connection's own.
struct AskingLimits {
    /// What ran out.
    enum Limit {
        case firstEvent, idle, whole
    }

    private let settings: UpstreamSettings
    private let began: NIODeadline
    private var sent: NIODeadline?
    private var heard: NIODeadline?

    init(_ settings: UpstreamSettings, began: NIODeadline) {
        self.settings = settings
        self.began = began
    }

    /// Whether the answer has begun.
    var hasBegun: Bool { heard != nil }

    mutating func wasSent(at moment: NIODeadline) {
        sent = moment
    }

    func wasSent(within time: TimeAmount, of moment: NIODeadline) -> Bool {
        sent.map { moment - $0 <= time } ?? false
    }

    /// The same question is sent once more.
    mutating func startOver() {
        sent = nil
        heard = nil
    }

    /// The answer's beginning; from here on silence counts.
    mutating func begin(at moment: NIODeadline) {
        heard = moment
    }

    mutating func heardSomething(at moment: NIODeadline) {
        if heard != nil { heard = moment }
    }

    /// When to look for the first time: no limit runs out earlier, wherever the request is by then.
    var firstLook: NIODeadline {
        min(began + .limit(settings.firstEventSeconds), end)
    }

    /// The limit that runs out first if nothing more is heard.
    var next: (limit: Limit, deadline: NIODeadline) {
        let stage =
            heard.map { (limit: Limit.idle, deadline: $0 + .limit(settings.idleSeconds)) }
            ?? (.firstEvent, firstEventDeadline)
        return end < stage.deadline ? (.whole, end) : stage
    }

    private var end: NIODeadline {
        began + .limit(settings.wholeSeconds)
    }

    /// While a request is not sent yet, the connect limit comes before this one.
    private var firstEventDeadline: NIODeadline {
        (sent ?? began + .limit(settings.connectSeconds)) + .limit(settings.firstEventSeconds)
    }

    func fault(_ limit: Limit) -> UpstreamFault {
        switch limit {
        case .firstEvent:
            UpstreamFault(
                settings.name, "did not begin to answer within \(settings.firstEventSeconds) s.", isTransient: true)
        case .idle:
            UpstreamFault(settings.name, "fell silent for \(settings.idleSeconds) s.", isTransient: true)
        case .whole:
            UpstreamFault(settings.name, "did not finish its answer within \(settings.wholeSeconds) s.")
        }
    }
}

extension TimeAmount {
    /// A limit from the settings, between a second and a year.
    static func limit(_ seconds: Int) -> Self {
        .seconds(Int64(min(max(seconds, 1), 31_536_000)))
    }
}
