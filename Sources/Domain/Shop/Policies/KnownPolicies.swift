import Synchronization

/// Policies as they were read before: what a version says never changes, and reading it takes a while.
final class KnownPolicies: Sendable {
    private static let most = 1000

    private let known = Mutex<[ID: PolicyLayer]>([:])

    /// - Throws: `invalid` for a version that cannot be read.
    func layer(_ record: StoredRecord) throws -> PolicyLayer {
        if let layer = known.withLock({ $0[record.id] }) { return layer }
        let layer = try PolicyLayer(record.read(PolicyVersion.self))
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[record.id] = layer
        }
        return layer
    }
}
