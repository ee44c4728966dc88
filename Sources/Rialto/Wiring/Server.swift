import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import Metrics
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Surfaces
import UnixSignals
import Upstreams

/// A house with its doors open: settles what was left, serves, and drains when it is told to stop.
struct Server {
    let house: House

    /// Serves until SIGINT or SIGTERM.
    /// - Parameter onReady: called with the port once connections are taken.
    func run(onReady: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        raiseFileLimit()
        ignoreFileSizeSignal()
        let group = MultiThreadedEventLoopGroup.singleton
        let (metrics, openStreams) = (MetricsBook(), OpenStreams())
        MetricsSystem.bootstrap(metrics)
        let pool = house.pool()
        let outbound = try house.outbound(group: group)
        let links = Links(outbound: outbound, files: house.files, world: house.world, limits: house.limits)
        let (knowledge, embedder) = (house.knowledge, try house.embedder(pool))
        let runs = house.runs(maker: pool, links: links, library: house.library(embedder))
        let (shop, router) = (house.shop(), house.router(runs: runs))
        try await settle(runs, shop, router)
        let furniture = Entrance.Furniture(
            runs: runs, files: house.files, conversations: house.conversations, clients: house.clients,
            keys: house.keys, directory: house.directory, tokens: house.accessTokens, limits: house.limits,
            world: house.world, publicURL: house.settings.publicURL, openStreams: openStreams, links: links,
            outbound: outbound, knowledge: knowledge, uploads: house.uploads(knowledge), rates: house.rates,
            shop: shop, agentKeys: house.agentKeys, ownerKeys: house.ownerKeys, routerKeys: house.routerKeys,
            modelRouter: router, webhooks: house.webhooks(outbound: outbound))
        let rooms = Rooms(furniture)
        let courier = house.courier(outbound: outbound, runs: runs) { try await rooms.callbackBody(of: $0) }
        let front = Front(
            application: try application(furniture, Self.dialects(furniture, rooms), metrics, onReady),
            runs: runs, courier: courier, indexer: house.indexer(embedder, bell: knowledge.bell, logger: house.logger),
            housekeeping: house.housekeeping, shop: shop, router: router,
            messenger: house.messenger(outbound: outbound))
        let services = ServiceGroup(configuration: configuration([front]))
        try await services.run()
        await pool.shutdown()
        try house.store.close()
    }

    /// What a killed server has left: answers that nobody goes on with, what the router's have cost, and what the shop
    /// had taken to do.
    private func settle(_ runs: Runs, _ shop: Shop, _ router: ModelRouter) async throws {
        let left = try await runs.settleLeftovers()
        if left > 0 { house.logger.notice("Ended what a killed server had left", metadata: ["runs": "\(left)"]) }
        let begun = try await shop.settleLeftovers()
        if begun > 0 { house.logger.notice("Goes on with what the shop had begun", metadata: ["begun": "\(begun)"]) }
        let unpaid = try await router.settleLeftovers()
        if unpaid > 0 {
            house.logger.notice("Settled answers of the router", metadata: ["generations": "\(unpaid)"])
        }
    }

    private static func dialects(_ furniture: Entrance.Furniture, _ rooms: Rooms) -> [any Dialect] {
        let router = CreditRouter(furniture, router: furniture.modelRouter, keys: furniture.routerKeys)
        return [rooms, AgentStore(furniture), router, StackSpot(furniture), AgenticStar(furniture)]
    }

    private func configuration(_ services: [any ServiceLifecycle.Service]) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigint, .sigterm], logger: house.logger)
        let longest = house.limits.drainStreamsSeconds + house.limits.drainRunsSeconds + 4
        configuration.maximumGracefulShutdownDuration = .seconds(longest)
        return configuration
    }

    private func application(
        _ furniture: Entrance.Furniture, _ dialects: [any Dialect], _ metrics: MetricsBook,
        _ onReady: @escaping @Sendable (Int) async -> Void
    ) throws -> some ApplicationProtocol {
        let entrance = Entrance(
            dialects: dialects,
            operations: Operations(
                store: house.store, runs: furniture.runs, openStreams: furniture.openStreams, metrics: metrics),
            world: house.world)
        let listen = house.settings.listen
        return Application(
            responder: entrance.responder(), server: try channel(),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), backlog: listen.backlog),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? listen.port) },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: house.logger)
    }

    private func channel() throws -> HTTPServerBuilder {
        let limits = house.limits
        let plain = HTTPServerBuilder { Connections(responder: $0, limits: limits) }
        guard let files = house.settings.tls.files else { return plain }
        let certificates = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        return try .tls(plain, tlsConfiguration: configuration)
    }
}

/// The listening side: when it is told to stop it takes no more, and drains what is being answered. Until that is done
/// it has its other duties, the lease above all.
private struct Front<Application: ApplicationProtocol>: ServiceLifecycle.Service {
    let application: Application
    let runs: Runs
    let courier: Courier
    let indexer: Indexer
    let housekeeping: Housekeeping
    let shop: Shop
    let router: ModelRouter
    let messenger: ShopMessenger

    func run() async throws {
        let duties = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await runs.watch() }
                group.addTask { await runs.keepLease() }
                group.addTask { await runs.keepOrder() }
                group.addTask { await runs.takeTurns() }
                group.addTask { await courier.work() }
                group.addTask { await indexer.work() }
                group.addTask { await housekeeping.keep() }
                group.addTask { await shop.work() }
                group.addTask { await router.keep() }
                group.addTask { await messenger.work() }
            }
        }
        let fault = await fault(of: serve)
        // What they have begun they bring to an end, or give back, while there is a store.
        duties.cancel()
        await duties.value
        if let fault { throw fault }
    }

    private func fault(of work: () async throws -> Void) async -> (any Error)? {
        do {
            try await work()
            return nil
        } catch {
            return error
        }
    }

    private func serve() async throws {
        let (told, tell) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in told { await runs.drain() }
            }
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                tell.yield()
                tell.finish()
            }
            tell.finish()
            try await group.waitForAll()
        }
    }
}
