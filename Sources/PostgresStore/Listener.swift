import CPostgres
import Domain
import Foundation
import Synchronization

/// The connection that hears what the servers on a database announce, on a thread of its own.
final class Listener: Sendable {
    typealias Told = @Sendable (Notice) -> Void

    private struct State {
        var told: Told?
        var isStopped = false
    }

    let channel: String
    private let address: Address
    private let onFault: @Sendable (String) -> Void
    private let onNotice: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let stopping = DispatchSemaphore(value: 0)
    private let open = DispatchGroup()

    init(
        _ address: Address, channel: String, onFault: @escaping @Sendable (String) -> Void,
        onNotice: @escaping @Sendable (String) -> Void
    ) {
        self.address = address
        self.channel = channel
        self.onFault = onFault
        self.onNotice = onNotice
    }

    /// Begins to listen; later calls only change who is told.
    func tell(_ told: @escaping Told) {
        let isFirst = state.withLock { state in
            defer { state.told = told }
            return state.told == nil && !state.isStopped
        }
        guard isFirst else { return }
        let thread = Thread { self.live() }
        thread.name = "postgres.listening"
        thread.start()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        stopping.signal()
    }

    func waitUntilStopped() {
        open.wait()
    }

    /// How soon a stop is noticed.
    private static let glanceSeconds = 0.25

    private func live() {
        var backoff = Backoff(mostSeconds: 5)
        while !isStopped {
            do {
                let connection = try Connection(address, onNotice: onNotice)
                try connection.script("LISTEN \(channel)")
                backoff = Backoff(mostSeconds: 5)
                open.enter()
                defer { open.leave() }
                defer { connection.close() }
                // Whatever was announced before is missed.
                hand(.configuration)
                try listen(on: connection)
            } catch {
                onFault("\(error)")
                _ = stopping.wait(timeout: .now() + backoff.next())
            }
        }
    }

    private func listen(on connection: Connection) throws {
        while !isStopped {
            guard connection.isReadable(withinSeconds: Self.glanceSeconds) else { continue }
            guard PQconsumeInput(connection.pointer) == 1 else {
                throw DatabaseFault(state: nil, message: connection.words, sql: "LISTEN")
            }
            while let heard = PQnotifies(connection.pointer) {
                if let notice = Notice(payload: String(cString: heard.pointee.extra)) { hand(notice) }
                PQfreemem(heard)
            }
        }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func hand(_ notice: Notice) {
        state.withLock { $0.told }?(notice)
    }
}
