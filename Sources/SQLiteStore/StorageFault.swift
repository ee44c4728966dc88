import Domain
import GRDB

/// Errors of the storage itself, as against those of the work a caller brought.
enum StorageFault {
    /// After one of these SQLite may have undone the whole transaction, and says that it should be.
    private static let codes: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_INTERRUPT, .SQLITE_ABORT,
        .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CANTOPEN, .SQLITE_PROTOCOL, .SQLITE_READONLY, .SQLITE_PERM,
    ]

    static let closed = Refusal(.unavailable, "The store is closed.")

    static func concernsAll(_ error: any Error) -> Bool {
        (error as? DatabaseError).map { codes.contains($0.resultCode) } ?? false
    }

    /// What every caller of a commit is told when it fails.
    static func refusal(writing error: any Error) -> Refusal {
        if let refusal = error as? Refusal, refusal == closed { return closed }
        return switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL: Refusal(.unavailable, "The store is full. Nothing of this was kept.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            Refusal(
                .unavailable, "The store is held by another process. Nothing of this was kept.", retryAfterSeconds: 1)
        default: Refusal(.unavailable, "The store could not be written. Nothing of this was kept.")
        }
    }

    /// What a reader is told of an error of the storage; every other error is its own.
    static func refusal(reading error: any Error) -> any Error {
        concernsAll(error) ? Refusal(.unavailable, "The store could not be read.") : error
    }

    static func refusal(opening path: String, _ error: DatabaseError) -> Refusal {
        switch error.resultCode {
        case .SQLITE_NOTADB: Refusal(.unsupported, "\(path) is not an SQLite database.")
        case .SQLITE_BUSY: Refusal(.unavailable, "The store at \(path) is held by another process.")
        default:
            Refusal(
                .unavailable, "The store at \(path) could not be opened: \(error.message ?? "\(error.resultCode)").")
        }
    }
}
