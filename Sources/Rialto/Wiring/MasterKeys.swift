import Domain
import Logging

/// Where a site's master key comes from: the environment, the file beside an SQLite store, or a shared store itself.
struct MasterKeys: Sendable {
    private let place: StorePlace
    private let file: MasterKeyFile?
    private let environment: [String: String]

    init(_ site: Site) {
        place = site.place
        environment = site.environment
        file = site.place.data.map { MasterKeyFile(path: $0.masterKeyPath, environment: site.environment) }
    }

    /// Makes the file of a data directory that nobody has used before.
    func prepareFile() throws(Refusal) {
        if let file, let data = place.data, !data.hasStore { try file.make(.real) }
    }

    /// - Returns: nothing where a shared store has none yet.
    func key(in store: any Store) async throws -> MasterKey? {
        if let file { return try file.read() }
        if let key = try MasterKeyFile.given(in: environment) { return key }
        return try await store.read { try $0.masterKey() }.map { try MasterKey(bytes: $0) }
    }

    /// The key that is there, or one that the shared store keeps from now on.
    func keyOrNew(in store: any Store, _ logger: Logger) async throws -> MasterKey {
        if let file { return try file.read() }
        if let key = try MasterKeyFile.given(in: environment) { return key }
        let fresh = World.real.random(32)
        let kept = try await store.write { rows in
            try rows.keep(masterKey: fresh)
            return try rows.masterKey() ?? fresh
        }
        logger.warning(
            "The master key is kept in the database: whoever can read that can open what it seals",
            metadata: ["mend": "set \(MasterKeyFile.variable) on every server before the first start"])
        return try MasterKey(bytes: kept)
    }
}
