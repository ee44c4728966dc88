import CPostgres

/// A connection whose transactions are pipelines.
///
/// Statements wait here until somebody needs an answer, and go out together. What needs no answer on its way is one
/// transaction of the server's own, without BEGIN and COMMIT, ended by the Sync that follows it. Only when an answer
/// is needed while locks are held is there a BEGIN, so that the server can end the transaction of a silent caller.
final class Session {
    enum Role: String, Sendable { case reading, writing }

    private enum Ground {
        case clear
        /// Answers were read since the last Sync; no locks are held.
        case open
        /// Between BEGIN and COMMIT.
        case begun
    }

    static let preparedStatements = 200
    /// Statements that wait at most.
    static let longestWait = 256

    let role: Role
    let connection: Connection
    var shelf = StatementShelf(room: preparedStatements)
    let count: StatementCount
    private(set) var waiting: [Statement] = []
    private var ground = Ground.clear
    /// The first fault of this transaction; nothing can be done in it any more.
    private(set) var fault: DatabaseFault?
    /// Whether the server may have committed what it never confirmed.
    private(set) var isUnknown = false
    /// Whether the transaction committed last has changed rows.
    private(set) var hasWritten = false
    private var isRetired = false

    init(_ connection: Connection, _ role: Role, count: StatementCount) throws {
        self.connection = connection
        self.role = role
        self.count = count
        guard PQenterPipelineMode(connection.pointer) == 1 else {
            throw DatabaseFault(state: nil, message: connection.words, sql: "")
        }
    }

    var isUsable: Bool { !isRetired && connection.isUsable }

    /// Takes no further callers.
    func retire() { isRetired = true }

    /// A statement whose answer nobody needs; it runs with the next one that somebody does, or at the end.
    func add(_ statement: Statement) throws {
        guard role == .writing else {
            _ = try answer(to: statement)
            return
        }
        if let fault { throw fault }
        waiting.append(statement)
        if waiting.count >= Self.longestWait { try begin() }
    }

    func answer(to statement: Statement) throws -> Answer {
        if let fault { throw fault }
        waiting.append(statement)
        let answer: Answer?
        if role == .writing, ground == .begun || waiting.contains(where: \.holds) {
            answer = try begin()
        } else {
            ground = .open
            answer = try exchange(closing: false)
        }
        guard let answer else { throw DatabaseFault(state: nil, message: "no answer", sql: statement.sql) }
        return answer
    }

    /// Opens a transaction block, if there is none yet.
    @discardableResult
    func begin() throws -> Answer? {
        if ground != .begun { waiting.insert(Statement("BEGIN"), at: 0) }
        ground = .begun
        return try exchange(closing: true)
    }

    /// Makes ready for another transaction on clear ground.
    func start() {
        hasWritten = false
    }

    /// - Throws: the transaction's fault, after which nothing of it was kept unless `isUnknown`.
    func commit() throws {
        if let fault { throw fault }
        if ground == .begun { waiting.append(Self.commit) }
        let isAtStake = waiting.contains(where: \.holds)
        guard !waiting.isEmpty || ground == .open else { return }
        let ending = Self.commit.sql
        do {
            _ = try exchange(closing: true)
        } catch {
            if progress.answered == ending { return ground = .clear }
            isUnknown = isAtStake && progress.isSent && progress.isFaultUnclear
            throw error
        }
        ground = .clear
    }

    private static let commit = Statement("COMMIT")

    /// Leaves whatever transaction there is, and makes ready for the next.
    func undo() {
        waiting = []
        fault = nil
        isUnknown = false
        defer { ground = .clear }
        // One who did not answer is not asked again.
        guard isUsable, ground != .clear else { return }
        if ground == .begun { waiting = [Statement("ROLLBACK")] }
        _ = try? exchange(closing: true)
        if fault != nil { isRetired = true }
        fault = nil
    }

    /// How far an exchange has come.
    private struct Progress {
        var isSent = false
        var isAtSync = false
        /// The connection was lost when the server may have been done: it did not say that anything went wrong.
        var isFaultUnclear = false
        /// The newest statement that was answered well.
        var answered: String?
    }

    private var progress = Progress()

    /// Sends what waits and reads the answers, that of the last statement being returned.
    private func exchange(closing: Bool) throws -> Answer? {
        let batch = waiting
        waiting = []
        progress = Progress()
        var last: Answer?
        do {
            let parts = try send(batch, closing: closing)
            progress.isSent = true
            for part in parts { last = try settle(part) }
            // After an error the server reads nothing until it is told where the next transaction begins.
            if !closing, fault != nil { try sync() }
            progress.isAtSync = true
            if closing || fault != nil { try awaitSync() }
        } catch let error as DatabaseFault {
            if fault == nil {
                fault = error
                progress.isFaultUnclear = true
            }
            isRetired = true
        }
        // Its own transaction the server has ended by itself.
        if ground == .open, closing || fault != nil { ground = .clear }
        if let fault { throw fault }
        return last
    }

    private func settle(_ part: Part) throws -> Answer {
        guard let answer = try connection.next() else {
            throw DatabaseFault(state: nil, message: "the connection was lost", sql: "")
        }
        switch part {
        case .preparation(let statement):
            if !answer.isGood { shelf.remove(statement.sql) }
            note(answer, statement)
        case .execution(let statement):
            note(answer, statement)
            guard answer.isGood else { break }
            progress.answered = statement.sql
            if answer.changes > 0, statement.holds { hasWritten = true }
        }
        while let more = try connection.next() { note(more, nil) }
        return answer
    }

    private func awaitSync() throws {
        while true {
            guard let answer = try connection.next() else {
                throw DatabaseFault(state: nil, message: "the connection was lost", sql: "")
            }
            if answer.status == PGRES_PIPELINE_SYNC { return }
            note(answer, nil)
        }
    }

    private func note(_ answer: Answer, _ statement: Statement?) {
        guard fault == nil, !answer.isGood, answer.status != PGRES_PIPELINE_ABORTED else { return }
        let fault = DatabaseFault(answer.result, on: connection, statement)
        self.fault = fault
        progress.isFaultUnclear = fault.state == nil || (fault.isLoss && progress.isAtSync)
    }
}
