import CPostgres
import Domain

/// What PostgreSQL, or the way to it, said of something that failed.
struct DatabaseFault: Error, Sendable, CustomStringConvertible {
    /// The five letters of the SQL standard; nil where no server said anything.
    var state: String?
    /// Without the values at fault: those are the callers'.
    var message: String
    var sql: String
    /// What the statement expected of this fault.
    var surprise: Surprise?

    var description: String { "\(state ?? "connection"): \(message) [\(sql)]" }

    init(state: String?, message: String, sql: String) {
        self.state = state
        self.message = message
        self.sql = String(sql.prefix(200))
    }

    /// - Parameter result: one that tells of an error.
    init(_ result: OpaquePointer, on connection: Connection, _ statement: Statement?) {
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let words = PQresultErrorField(result, Int32(UInt8(ascii: "M"))) ?? PQresultErrorMessage(result)
        self.init(
            state: state, message: connection.address.discreet(words.map { String(cString: $0) } ?? ""),
            sql: statement?.sql ?? "")
        surprise = state.flatMap { statement?.surprises[$0] }
    }
}

extension DatabaseFault {
    /// Whether the connection is gone, or soon will be.
    var isLoss: Bool {
        guard let state else { return true }
        return state.hasPrefix("08") || Self.endings.contains(state)
    }

    /// Stopped, crashed, starting, dropped; and the time limits of a session.
    private static let endings: Set<String> = ["57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"]

    /// Whether doing the same again may well succeed: a deadlock, or two transactions that cannot both be first.
    var isClash: Bool { state == "40P01" || state == "40001" }

    /// Somebody else may have been first, and the work may see it when it is done again.
    var isDoubt: Bool {
        if case .doubt = surprise { return true }
        return state == "23505"
    }
}

/// What a statement makes of an error that it is known to give.
enum Surprise: Sendable {
    case refuse(Refusal)
    /// What the work was told on trust was wrong.
    case doubt
}

/// States of the SQL standard by what they mean.
enum SQLState {
    static let notUnique = "23505"
    static let noSuchRow = "23503"
    static let divisionByZero = "22012"
}
