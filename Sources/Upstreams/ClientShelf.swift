import AsyncHTTPClient
import Domain
import NIOCore
import Synchronization

/// HTTP clients, one per event loop and connection settings. A client of a single loop keeps its connections between
/// questions, all of them on that loop; one client for a whole group closes those that were asked for on a given loop.
final class ClientShelf: Sendable {
    /// What two upstreams must have in common to share a client.
    private struct Key: Hashable {
        let loop: ObjectIdentifier
        let connectSeconds: Int
        let connections: Int
    }

    private enum State {
        case open([Key: HTTPClient])
        case shut
    }

    private static let idleConnection = TimeAmount.seconds(30)

    private let group: any EventLoopGroup
    private let loops: Set<ObjectIdentifier>
    private let state = Mutex(State.open([:]))

    init(group: any EventLoopGroup) {
        self.group = group
        loops = Set(group.makeIterator().map { ObjectIdentifier($0) })
    }

    /// The reader's own loop where it is one of the group's, otherwise the next one.
    func loop(near place: (any Sendable)?) -> any EventLoop {
        guard let loop = place as? any EventLoop, loops.contains(ObjectIdentifier(loop)) else { return group.any() }
        return loop
    }

    /// `nil` after `shutdown`.
    func client(on loop: any EventLoop, for settings: UpstreamSettings) -> HTTPClient? {
        let key = Key(
            loop: ObjectIdentifier(loop), connectSeconds: settings.connectSeconds, connections: settings.connections)
        return state.withLock { state in
            guard case .open(var clients) = state else { return nil }
            if let client = clients[key] { return client }
            let client = HTTPClient(
                eventLoopGroupProvider: .shared(loop), configuration: Self.configuration(settings))
            clients[key] = client
            state = .open(clients)
            return client
        }
    }

    func shutdown() async {
        let clients = state.withLock { state -> [HTTPClient] in
            guard case .open(let clients) = state else { return [] }
            state = .shut
            return Array(clients.values)
        }
        for client in clients { try? await client.shutdown() }
    }

    private static func configuration(_ settings: UpstreamSettings) -> HTTPClient.Configuration {
        var connections = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: idleConnection, concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, settings.connections))
        // Retries and fallbacks are the caller's: a refused connection is told at once.
        connections.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .limit(settings.connectSeconds)),
            connectionPool: connections, decompression: .disabled)
        configuration.httpVersion = .http1Only
        return configuration
    }
}
