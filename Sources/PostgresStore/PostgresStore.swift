package import Domain
import Foundation
import Synchronization

/// Memory in a PostgreSQL database that many servers share: some connections write, some read, one listens.
package final class PostgresStore: Store {
    let writers: ConnectionPool
    let readers: ConnectionPool
    let listener: Listener
    let together = SharedWriter()
    private let count: StatementCount
    private let onFault: @Sendable (String) -> Void
    private let failing = Atomic(false)

    /// Connects, and brings the tables of the connection's schema up to date.
    /// - Parameters:
    ///   - url: `postgres://user:password@host:5432/name` with everything that libpq takes.
    ///   - connections: at most, besides the one that listens; three in eight of them read.
    ///   - patienceSeconds: how long a caller waits while no connection can be had.
    ///   - isMoveTarget: whether it may be one that data is still being moved into.
    ///   - onFault: told what PostgreSQL said when the storage failed; callers only learn that it did.
    ///   - onNotice: told what PostgreSQL says unasked.
    /// - Throws: `invalid` for what is no connection string, `unsupported` for a database of a newer version or one
    ///   that cannot hold the store, `conflict` for one that data is still being moved into, `unavailable` where none
    ///   can be reached.
    package convenience init(
        url: String, connections: Int = 8, patienceSeconds: Double = 5, isMoveTarget: Bool = false,
        onFault: @escaping @Sendable (_ cause: String) -> Void = { _ in },
        onNotice: @escaping @Sendable (_ text: String) -> Void = { _ in }
    ) async throws {
        let address = try Address(url)
        let channel = try await Blocking.run { try Self.prepare(address, isMoveTarget, onNotice) }
        self.init(
            address, channel: channel, connections: connections, patienceSeconds: patienceSeconds, onFault: onFault,
            onNotice: onNotice)
    }

    private init(
        _ address: Address, channel: String, connections: Int, patienceSeconds: Double,
        onFault: @escaping @Sendable (String) -> Void, onNotice: @escaping @Sendable (String) -> Void
    ) {
        let count = StatementCount()
        func pool(_ role: Session.Role, _ size: Int) -> ConnectionPool {
            ConnectionPool(role, size: max(size, 1), patienceSeconds: patienceSeconds, onFault: onFault) {
                try Session.open(address, role, count: count, onNotice: onNotice)
            }
        }
        let readerCount = max(connections * 3 / 8, 1)
        writers = pool(.writing, connections - readerCount)
        readers = pool(.reading, readerCount)
        listener = Listener(address, channel: channel, onFault: onFault, onNotice: onNotice)
        self.count = count
        self.onFault = onFault
    }

    deinit {
        stop()
    }

    /// - Returns: the channel for notices.
    private static func prepare(
        _ address: Address, _ isMoveTarget: Bool, _ onNotice: @escaping @Sendable (String) -> Void
    ) throws -> String {
        do {
            let first = try Connection(address, onNotice: onNotice)
            try first.mustBeFit()
            let channel = try Schema.bringUpToDate(first)
            if !isMoveTarget { try Schema.mustBeWhole(first) }
            return channel
        } catch let fault as DatabaseFault {
            throw StorageFault.refusal(opening: fault)
        }
    }

    package var statementCount: Int64 { count.value }

    package var isFailing: Bool { failing.load(ordering: .relaxed) }

    package func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let ticket = Ticket { [onFault] session in
                let outcome = session.read(work)
                // Who has the answer need not wait until the view is let go.
                defer { session.undo() }
                return outcome.tell(continuation, onFault)
            } refuse: {
                continuation.resume(throwing: $0)
            }
            readers.submit(ticket)
        }
    }

    package func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await write(isFirst: false, work)
    }

    package func writeFirst<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await write(isFirst: true, work)
    }

    private func write<Answer: Sendable>(
        isFirst: Bool, _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let ticket = Ticket { [self] session in
                let outcome = session.write(work)
                note(outcome, hasWritten: session.hasWritten)
                return outcome.tell(continuation, onFault)
            } refuse: { [self] error in
                failing.store(true, ordering: .relaxed)
                continuation.resume(throwing: error)
            }
            writers.submit(ticket, isFirst: isFirst)
        }
    }

    private func note<Answer>(_ outcome: Outcome<Answer>, hasWritten: Bool) {
        switch outcome {
        // A commit of nothing says nothing of the storage.
        case .done: if hasWritten { failing.store(false, ordering: .relaxed) }
        case .failed(_, let cause): if cause != nil { failing.store(true, ordering: .relaxed) }
        case .lost: break
        }
    }

    /// Blocks until reads and writes under way are done; later ones are refused.
    package func close() throws {
        stop()
        writers.waitUntilStopped()
        readers.waitUntilStopped()
        listener.waitUntilStopped()
    }

    private func stop() {
        writers.stop()
        readers.stop()
        listener.stop()
    }
}
