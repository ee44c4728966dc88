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

    /// Guests of one transaction at most: who comes meanwhile does not wait long.
    private static let most = 64

    /// Those who wait, by account; an account that is here has somebody who writes for it. One transaction moves one
    /// account's rows only, so that no two can stand in each other's way.
    private let waiting = Mutex<[ID: [Guest]]>([:])

    func add(_ guest: Guest, of account: ID, to store: PostgresStore) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting[account, default: []].append(guest) }
            return waiting[account] == nil
        }
        if isFirst { Task { await self.carryOut(account, on: store) } }
    }

    private func carryOut(_ account: ID, on store: PostgresStore) async {
        while let guests = next(account) { await carryOut(guests, on: store) }
    }

    private func next(_ account: ID) -> [Guest]? {
        waiting.withLock { waiting in
            let guests = Array((waiting[account] ?? []).prefix(Self.most))
            waiting[account]?.removeFirst(guests.count)
            if guests.isEmpty { waiting[account] = nil }
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
            // A storage that failed fails for all. Whose fault anything else was is not known: the others must not
            // suffer for it.
            let isOfStorage = (error as? Refusal)?.reason == .unavailable
            guard guests.count > 1, !isOfStorage else { return guests.forEach { $0.refuse(error) } }
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
        as account: ID, _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let guest = SharedWriter.Guest { rows in
                let answer = try work(rows)
                return { continuation.resume(returning: answer) }
            } refuse: {
                continuation.resume(throwing: $0)
            }
            together.add(guest, of: account, to: self)
        }
    }
}
