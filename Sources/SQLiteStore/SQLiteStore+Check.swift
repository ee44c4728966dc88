import GRDB

/// Looking whether the file is sound.
extension SQLiteStore {
    /// What a look at the file found.
    package struct Soundness: Sendable, Equatable {
        /// The number of its tables' newest change.
        package var version: Int
        /// What is broken, in SQLite's words; empty where nothing is.
        package var complaints: [String]
    }

    /// Reads the whole file: takes about a second for each GB.
    package func check() async -> Soundness {
        await withCheckedContinuation { continuation in
            readers.submit { continuation.resume(returning: Self.check(Rows($0))) }
        }
    }

    private static func check(_ rows: Rows) -> Soundness {
        do {
            let findings = try rows.all("PRAGMA quick_check(5)") { try $0.text() }
            return Soundness(version: try Schema.version(rows), complaints: findings.filter { $0 != "ok" })
        } catch {
            return Soundness(version: 0, complaints: [(error as? DatabaseError)?.message ?? "\(error)"])
        }
    }
}
