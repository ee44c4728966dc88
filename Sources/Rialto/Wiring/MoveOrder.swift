import Domain
import Foundation
import Logging
import PostgresStore
import SQLiteStore

/// From where to where data is moved, with the key that opens what is sealed in it.
struct MoveOrder: Sendable {
    static let prefix = "sqlite:"

    let data: DataDirectory
    let place: StorePlace
    private let url: String
    private let key: MasterKeyFile

    /// - Parameters:
    ///   - source: `sqlite:` with a data directory, or with the store's file in it.
    ///   - target: the URL of a database.
    init(from source: String, to target: String, environment: [String: String]) throws(Refusal) {
        guard source.hasPrefix(Self.prefix), source.count > Self.prefix.count else {
            throw .invalid("from", "Name the data directory that is moved: --from sqlite:DIR")
        }
        let path = DataDirectory(path: String(source.dropFirst(Self.prefix.count)))
        let folder = DataDirectory(path: (path.path as NSString).deletingLastPathComponent)
        data = path.path == folder.storePath ? folder : path
        guard target.hasPrefix("postgres") else {
            throw .invalid("to", "Name the database that is moved to: --to postgres://…")
        }
        try StorePlace.check(url: target)
        url = target
        place = .database(url: target)
        key = MasterKeyFile(path: data.masterKeyPath, environment: environment)
    }

    /// Where servers on the database find the master key.
    var keyOrigin: String { key.isFromEnvironment ? MasterKeyFile.variable : "the database" }

    /// Moves everything; nobody else uses the data meanwhile.
    func carryOut(
        isAnew: Bool, _ logger: Logger, tell: @escaping @Sendable (Move.News) -> Void
    ) async throws -> [Move.Moved] {
        try data.mustHaveStore()
        let lock = try DataLock.take(data)
        defer { withExtendedLifetime(lock) {} }
        let source = try SQLiteStore(path: data.storePath)
        try source.freeze()
        let master = try await key(of: source)
        let target = try await PostgresStore(url: url, connections: 2, isMoveTarget: true) { cause in
            logger.warning("The target failed", metadata: ["cause": "\(cause)"])
        }
        let moved = try await Move(from: source, to: target, tell: tell).run(isAnew: isAnew, keeping: master)
        try target.close()
        try source.close()
        return moved
    }

    /// - Returns: what the target has to keep; nothing where servers are given it by the environment.
    /// - Throws: `conflict` where it does not open what the source has sealed.
    private func key(of source: SQLiteStore) async throws -> [UInt8]? {
        let bytes = try key.bytes()
        let master = try MasterKey(bytes: bytes)
        for sealed in try await source.read({ try $0.signingKeys() }) {
            guard (try? master.open(sealed.sealedKey)) != nil else {
                throw Refusal(
                    .conflict,
                    "\(key.origin) does not hold the master key of this data: it does not open the signing key "
                        + "\(sealed.kid).")
            }
        }
        return key.isFromEnvironment ? nil : bytes
    }
}
