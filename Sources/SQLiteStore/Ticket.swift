import Domain

/// One caller's write, and the way back to the caller.
struct Ticket: Sendable {
    typealias Answering = @Sendable () -> Void

    /// Does the work; what it returns may be called once the work is durable.
    let attempt: @Sendable (Rows) throws -> Answering
    let refuse: @Sendable (any Error) -> Void
}

extension Ticket {
    init<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer,
        _ continuation: CheckedContinuation<Answer, any Error>
    ) {
        attempt = { rows in
            let answer = try work(rows)
            return { continuation.resume(returning: answer) }
        }
        refuse = { continuation.resume(throwing: $0) }
    }
}
