import Domain
import GRDB
import Synchronization

/// The one who writes: everyone who waits shares one commit.
final class GroupWriter: Sendable {
    private struct State {
        var waiting: [Ticket] = []
        var isBusy = false
    }

    private let connection: DatabaseQueue
    private let onFault: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let failing = Atomic(false)

    init(_ connection: DatabaseQueue, onFault: @escaping @Sendable (String) -> Void) {
        self.connection = connection
        self.onFault = onFault
    }

    /// Whether the newest group was failed by the storage.
    var isFailing: Bool { failing.load(ordering: .relaxed) }

    func enqueue(_ ticket: Ticket) {
        let isFirst = state.withLock { state in
            state.waiting.append(ticket)
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if isFirst { carryOutNextGroup() }
    }

    /// Holds the place of the one who may write, until the connection is closed.
    func freeze() throws {
        do {
            try connection.writeWithoutTransaction { try Rows($0).begin() }
        } catch {
            throw StorageFault.refusal(writing: error)
        }
    }

    /// Waits for the group under way; later ones find the connection closed.
    func close() throws {
        try connection.close()
    }

    private func carryOutNextGroup() {
        connection.asyncWriteWithoutTransaction { [self] database in
            let group = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            let answers = carryOut(group, in: Rows(database))
            let isMore = state.withLock { state in
                state.isBusy = !state.waiting.isEmpty
                return state.isBusy
            }
            if isMore { carryOutNextGroup() }
            for answer in answers { answer() }
        }
    }

    /// - Returns: how to answer each caller, now that what they wrote is durable or undone.
    private func carryOut(_ group: [Ticket], in rows: Rows) -> [Ticket.Answering] {
        do {
            try rows.begin()
            let before = rows.changeCount
            let answers = try carryOut(together: group, in: rows)
            // A commit of nothing says nothing of the storage.
            if rows.changeCount > before { failing.store(false, ordering: .relaxed) }
            return answers
        } catch {
            rows.undo()
            failing.store(true, ordering: .relaxed)
            if rows.isOpen { onFault("\(error)") }
            let refusal = StorageFault.refusal(writing: error)
            return group.map { ticket in { ticket.refuse(refusal) } }
        }
    }

    private func carryOut(together group: [Ticket], in rows: Rows) throws -> [Ticket.Answering] {
        if group.count == 1 { return [try carryOut(alone: group[0], in: rows)] }
        let answers = try group.map { try carryOut($0, in: rows) }
        try rows.run("COMMIT")
        return answers
    }

    /// - Throws: only what concerns the whole group.
    private func carryOut(_ ticket: Ticket, in rows: Rows) throws -> Ticket.Answering {
        try rows.run("SAVEPOINT caller")
        do {
            let answering = try ticket.attempt(rows)
            try rows.run("RELEASE caller")
            return answering
        } catch {
            if StorageFault.concernsAll(error) || !rows.isInTransaction { throw error }
            try rows.run("ROLLBACK TO caller")
            try rows.run("RELEASE caller")
            return { ticket.refuse(error) }
        }
    }

    /// The transaction itself is the savepoint.
    private func carryOut(alone ticket: Ticket, in rows: Rows) throws -> Ticket.Answering {
        let answering: Ticket.Answering
        do {
            answering = try ticket.attempt(rows)
        } catch {
            if StorageFault.concernsAll(error) { throw error }
            rows.undo()
            return { ticket.refuse(error) }
        }
        try rows.run("COMMIT")
        return answering
    }
}
