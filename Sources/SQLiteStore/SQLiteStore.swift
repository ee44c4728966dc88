package import Domain
import Foundation
import GRDB

/// Memory in one SQLite file: one connection writes, a few read, each on a queue of its own.
package final class SQLiteStore: Store {
    let writer: GroupWriter
    let readers: ReaderPool
    private let count: StatementCount

    /// Opens the file, makes it if there is none, and brings its tables up to date.
    /// - Parameter onFault: told what SQLite said when it failed a whole commit; callers only learn that it failed.
    /// - Throws: `unsupported` for a file of a newer version or no SQLite database, `unavailable` for one that
    ///   cannot be opened.
    package convenience init(path: String, onFault: @escaping @Sendable (_ cause: String) -> Void = { _ in }) throws {
        let count = StatementCount()
        do {
            let writer = try Connection.open(.writer, path: path, count: count)
            try Connection.prepareFile(of: writer, path: path)
            let readers = try (0..<Connection.readerCount).map { _ in
                try Connection.open(.reader, path: path, count: count)
            }
            self.init(writer: writer, readers: readers, count: count, onFault: onFault)
        } catch let error as DatabaseError {
            throw StorageFault.refusal(opening: path, error)
        }
    }

    /// A store that is gone with its last user.
    package convenience init(inMemory: Void = ()) throws {
        let count = StatementCount()
        let only = try Connection.open(.memory, path: ":memory:", count: count)
        try only.writeWithoutTransaction { try Schema.bringUpToDate(Rows($0)) }
        self.init(writer: only, readers: [only], count: count, onFault: { _ in })
    }

    private init(
        writer: DatabaseQueue, readers: [DatabaseQueue], count: StatementCount,
        onFault: @escaping @Sendable (String) -> Void
    ) {
        self.writer = GroupWriter(writer, onFault: onFault)
        self.readers = ReaderPool(readers)
        self.count = count
    }

    package var isFailing: Bool { writer.isFailing }

    package var statementCount: Int64 { count.value }

    package func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            readers.submit { database in
                continuation.resume(with: Result { try Rows(database).view(work) })
            }
        }
    }

    package func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            writer.enqueue(Ticket(work, continuation))
        }
    }

    /// Brings everything into the one file, so that it can be copied without its log. Blocks until reads and
    /// writes under way are done; later ones are refused.
    package func close() throws {
        try readers.close()
        try writer.close()
    }
}
