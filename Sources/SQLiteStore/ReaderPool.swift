import GRDB
import Synchronization

/// Connections that read, each for one caller at a time; callers wait in the order they came.
final class ReaderPool: Sendable {
    typealias Job = @Sendable (Database) -> Void

    private struct State {
        var free: [DatabaseQueue]
        var waiting: [Job] = []
    }

    private let connections: [DatabaseQueue]
    private let state: Mutex<State>

    init(_ connections: [DatabaseQueue]) {
        self.connections = connections
        state = Mutex(State(free: connections))
    }

    func submit(_ job: @escaping Job) {
        let connection = state.withLock { state in
            let connection = state.free.popLast()
            if connection == nil { state.waiting.append(job) }
            return connection
        }
        if let connection { carryOut(job, on: connection) }
    }

    /// Waits for the reads under way; later ones find their connection closed.
    func close() throws {
        for connection in connections { try connection.close() }
    }

    private func carryOut(_ job: @escaping Job, on connection: DatabaseQueue) {
        connection.asyncWriteWithoutTransaction { [self] database in
            job(database)
            let next = state.withLock { state -> Job? in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.free.append(connection)
                return nil
            }
            if let next { carryOut(next, on: connection) }
        }
    }
}
