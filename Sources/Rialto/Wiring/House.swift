import Domain
import Logging
import PostgresStore
import SQLiteStore

/// An opened house: the store, the keys and the settings, and the domain's services that stand on them.
struct House: Sendable {
    let place: StorePlace
    let settings: Settings
    let environment: [String: String]
    let logger: Logger
    let store: any Store
    let world: World
    let master: MasterKey
    let directory: Directory

    /// Opens the store of a site that a server has been started on before.
    /// - Throws: `notFound` where there is none.
    static func open(_ site: Site, logger: Logger) async throws -> House {
        try site.place.data?.mustHaveStore()
        let store = try await site.openStore(logger)
        guard let master = try await MasterKeys(site).key(in: store) else {
            throw Refusal(.notFound, "There is no data in \(site.place.words) yet: run `rialto serve` first.")
        }
        return try await assemble(site, store, master, logger)
    }

    /// Opens the store of a site, and makes what is missing.
    static func found(_ site: Site, logger: Logger) async throws -> House {
        try site.place.data?.make()
        let keys = MasterKeys(site)
        try keys.prepareFile()
        let store = try await site.openStore(logger)
        return try await assemble(site, store, keys.keyOrNew(in: store, logger), logger)
    }

    private static func assemble(
        _ site: Site, _ store: any Store, _ master: MasterKey, _ logger: Logger
    ) async throws -> House {
        let directory = Directory(store: store, configured: site.settings.upstreams)
        try await directory.refresh()
        return House(
            place: site.place, settings: site.settings, environment: site.environment, logger: logger, store: store,
            world: .real, master: master, directory: directory)
    }
}

extension Site {
    func openStore(_ logger: Logger) async throws -> any Store {
        let told: @Sendable (String) -> Void = { logger.error("The store failed", metadata: ["cause": "\($0)"]) }
        switch place {
        case .file(let data): return try SQLiteStore(path: data.storePath, onFault: told)
        case .database(let url):
            return try await PostgresStore(url: url, connections: settings.store.connections, onFault: told)
        }
    }
}

extension House {
    var limits: Limits { settings.limits }
    var firstStart: FirstStart { FirstStart(store: store, world: world, master: master) }
    var accounts: Accounts { Accounts(store: store, world: world) }
    var agents: Agents { Agents(store: store, world: world, configured: settings.upstreams) }
    var clients: Clients { Clients(store: store, world: world, directory: directory) }
    var callbacks: Callbacks { Callbacks(store: store, world: world) }
    var keys: APIKeys { APIKeys(store: store, world: world, master: master, directory: directory) }
    var upstreamList: UpstreamList { UpstreamList(store: store, configured: settings.upstreams) }
    var conversations: Conversations { Conversations(store: store) }
    var files: Files { Files(store: store, world: world, limits: limits) }
    var knowledge: Knowledge { Knowledge(store: store, world: world, limits: limits, files: files) }
    var rates: Rates { Rates(store: store, world: world) }
    var housekeeping: Housekeeping { Housekeeping(store: store, world: world, limits: limits, logger: logger) }

    var signingKeys: SigningKeys {
        SigningKeys(store: store, world: world, master: master, overlapHours: limits.keyOverlapHours)
    }

    /// A new one each time: a server keeps the one it made.
    func runs(maker: any UpstreamMaker, links: Links, library: Library) -> Runs {
        Runs(
            store: store, world: world, limits: limits, directory: directory, maker: maker, links: links,
            library: library, logger: logger)
    }
}
