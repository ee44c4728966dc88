package import Domain
import Synchronization

/// Those who would only wait for each other, because they write the same rows: they share transactions, one behind
/// the other, so that there is one commit for all who wait.
final class SharedWriter: Sendable {
    /// One who wants to write.
    struct Guest: Sendable {
        /// Does the work, and says how to answer once it is committed. May be done more than once.
        let work: @Sendable (any Transaction) throws -> @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Guest] = []
        var isBusy = false
    }

    /// Guests of one transaction at most: who comes meanwhile does not wait long.
    private static let most = 64

    private let state = Mutex(State())

    func add(_ guest: Guest, to store: PostgresStore) {
        let isFirst = state.withLock { state in
            state.waiting.append(guest)
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if isFirst { Task { await self.carryOut(on: store) } }
    }

    private func carryOut(on store: PostgresStore) async {
        while let guests = next() { await carryOut(guests, on: store) }
    }

    private func next() -> [Guest]? {
        state.withLock { state in
            let guests = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(guests.count)
            state.isBusy = !guests.isEmpty
            return guests.isEmpty ? nil : guests
        }
    }

    private func carryOut(_ guests: [Guest], on store: PostgresStore) async {
        do {
            let answers = try await store.write { rows in
                guard guests.count > 1, let rows = rows as? Rows else { return try guests.map { try $0.work(rows) } }
                return try Self.carryOut(guests, in: rows)
            }
            answers.forEach { $0() }
        } catch {
            guard guests.count > 1 else { return guests.forEach { $0.refuse(error) } }
            // Whose fault it was is not known; the others must not suffer for it.
            for guest in guests { await carryOut([guest], on: store) }
        }
    }

    /// A refusal undoes only what its own guest has written.
    private static func carryOut(_ guests: [Guest], in rows: Rows) throws -> [@Sendable () -> Void] {
        try rows.session.begin()
        return try guests.map { guest in
            try rows.run("SAVEPOINT guest")
            do {
                return try guest.work(rows)
            } catch let refusal as Refusal {
                try rows.run("ROLLBACK TO SAVEPOINT guest")
                return { guest.refuse(refusal) }
            }
        }
    }
}

extension PostgresStore {
    package func writeTogether<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let guest = SharedWriter.Guest { rows in
                let answer = try work(rows)
                return { continuation.resume(returning: answer) }
            } refuse: {
                continuation.resume(throwing: $0)
            }
            together.add(guest, to: self)
        }
    }
}
