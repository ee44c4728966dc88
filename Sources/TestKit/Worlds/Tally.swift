import Synchronization

/// How often each thing has happened in all worlds of a test.
package final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    package init() {}

    package func count(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

    package func add(_ count: Int, to name: String) { counts.withLock { $0[name, default: 0] += count } }

    package func of(_ name: String) -> Int { counts.withLock { $0[name, default: 0] } }

    /// Those that have happened too seldom.
    package func rare(_ names: [String], below least: Int = 100) -> [String: Int] {
        counts.withLock { counts in
            names.reduce(into: [:]) { rare, name in
                let count = counts[name, default: 0]
                if count < least { rare[name] = count }
            }
        }
    }

    package var description: String {
        counts.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
    }
}
