/// One caller's work, and the way back to the caller.
struct Ticket: Sendable {
    /// How many connections may be lost under one caller's work.
    static let losses = 3

    /// Does the work, and tells the caller.
    /// - Returns: false if the connection was lost and nothing was kept; then the caller still waits.
    let attempt: @Sendable (Session) -> Bool
    let refuse: @Sendable (any Error) -> Void
    /// When the caller has waited long enough, in seconds of the system's uptime.
    var deadline = 0.0
    var lost = 0

    init(attempt: @escaping @Sendable (Session) -> Bool, refuse: @escaping @Sendable (any Error) -> Void) {
        self.attempt = attempt
        self.refuse = refuse
    }
}

extension Outcome {
    /// - Returns: false if the caller still waits.
    func tell(_ continuation: CheckedContinuation<Answer, any Error>, _ onFault: (String) -> Void) -> Bool
    where Answer: Sendable {
        switch self {
        case .done(let answer): continuation.resume(returning: answer)
        case .failed(let error, let cause):
            if let cause { onFault("\(cause)") }
            continuation.resume(throwing: error)
        case .lost(let fault):
            onFault("\(fault)")
            return false
        }
        return true
    }
}
