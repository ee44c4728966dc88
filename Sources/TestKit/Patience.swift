import Domain

/// Looks every millisecond whether something has become true; for what tells nobody when it happens.
/// - Throws: `unavailable` after twenty seconds.
package func until(_ isTrue: () async throws -> Bool) async throws {
    for _ in 0..<20_000 {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(1))
    }
    throw Refusal(.unavailable, "It has not become true.")
}
