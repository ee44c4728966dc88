import Domain
import Logging
import SQLiteStore

/// An opened house: the store, the keys and the settings, and the domain's services that stand on them.
struct House: Sendable {
    let data: DataDirectory
    let settings: Settings
    let environment: [String: String]
    let logger: Logger
    let store: any Store
    let world: World
    let master: MasterKey
    let directory: Directory

    /// Opens the data of a site that a server has been started on before.
    /// - Throws: `notFound` where there is none.
    static func open(_ site: Site, logger: Logger) async throws -> House {
        try site.data.mustHaveStore()
        return try await assemble(site, logger)
    }

    /// Opens the data of a site, and makes what is missing.
    static func found(_ site: Site, logger: Logger) async throws -> House {
        try site.data.make()
        let keyFile = MasterKeyFile(path: site.data.masterKeyPath, environment: site.environment)
        if !site.data.hasStore { try keyFile.make(.real) }
        return try await assemble(site, logger)
    }

    private static func assemble(_ site: Site, _ logger: Logger) async throws -> House {
        let master = try MasterKeyFile(path: site.data.masterKeyPath, environment: site.environment).read()
        let store = try SQLiteStore(path: site.data.storePath) { cause in
            logger.error("The store failed", metadata: ["cause": "\(cause)"])
        }
        let directory = Directory(store: store, configured: site.settings.upstreams)
        try await directory.refresh()
        return House(
            data: site.data, settings: site.settings, environment: site.environment, logger: logger, store: store,
            world: .real, master: master, directory: directory)
    }
}

extension House {
    var limits: Limits { settings.limits }
    var firstStart: FirstStart { FirstStart(store: store, world: world, master: master) }
    var accounts: Accounts { Accounts(store: store, world: world) }
    var agents: Agents { Agents(store: store, world: world, configured: settings.upstreams) }
    var clients: Clients { Clients(store: store, world: world, directory: directory) }
    var upstreamList: UpstreamList { UpstreamList(store: store, configured: settings.upstreams) }
    var conversations: Conversations { Conversations(store: store) }
    var files: Files { Files(store: store, world: world, limits: limits) }
    var housekeeping: Housekeeping { Housekeeping(store: store, world: world, limits: limits, logger: logger) }

    var signingKeys: SigningKeys {
        SigningKeys(store: store, world: world, master: master, overlapHours: limits.keyOverlapHours)
    }

    /// A new one each time: a server keeps the one it made.
    func runs(maker: any UpstreamMaker) -> Runs {
        Runs(store: store, world: world, limits: limits, directory: directory, maker: maker, logger: logger)
    }
}
