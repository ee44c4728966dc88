package import Domain

/// Telling the other servers, outside of any transaction of theirs or ours.
extension PostgresStore {
    package var isShared: Bool { true }

    package func announce(_ notice: Notice) {
        let (channel, payloads) = (listener.channel, notice.payloads)
        writers.submit(
            Ticket(
                attempt: { session in
                    // One that is lost only delays, so nobody is told of it, and it is not done again.
                    _ = session.write { rows in
                        guard let rows = rows as? Rows else { return }
                        try rows.run(
                            "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", channel,
                            Series(.text, payloads))
                    }
                    return true
                }, refuse: { _ in }))
    }

    package func hear(_ told: @escaping @Sendable (Notice) -> Void) {
        listener.tell(told)
    }
}

extension Notice {
    /// A payload may have 8000 bytes; each of these ids has 37 with its comma.
    private static let mostRuns = 200

    /// As they travel: a letter, and the runs it is about.
    var payloads: [String] {
        switch self {
        case .configuration: ["s"]
        case .cancel(let run): ["c\(run)"]
        case .grown(let runs):
            stride(from: 0, to: runs.count, by: Self.mostRuns).map { start in
                "g" + runs[start..<min(start + Self.mostRuns, runs.count)].map(\.uuid).joined(separator: ",")
            }
        }
    }

    /// Nil for what a newer version says.
    init?(payload: String) {
        let runs = payload.dropFirst().split(separator: ",").compactMap { ID(uuid: $0) }
        switch payload.first {
        case "s": self = .configuration
        case "c":
            guard let run = runs.first else { return nil }
            self = .cancel(run)
        case "g": self = .grown(runs)
        default: return nil
        }
    }
}
