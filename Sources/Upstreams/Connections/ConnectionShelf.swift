import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections of one event loop: those that are in use, and those that are kept for the next question. Everything
/// but `loop` and `shutdown` is touched on the loop only, which is what makes it safe to send.
final class ConnectionShelf: @unchecked Sendable {
    private static let longestFree = TimeAmount.seconds(30)
    private static let sweeping = TimeAmount.seconds(10)

    let loop: any EventLoop
    private var free: [ServerAddress: [ServerConnection]] = [:]
    private var all: [ObjectIdentifier: ServerConnection] = [:]
    private var awaited: [ObjectIdentifier: EventLoopPromise<ServerConnection>] = [:]
    private var sweep: RepeatedTask?
    private var isShut = false

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    /// Gives a free connection at once, otherwise a new one when it stands.
    /// - Parameters:
    ///   - security: what TLS is spoken with, where the address is secure.
    ///   - limit: for a new connection to stand, its TLS included.
    func lend(
        _ address: ServerAddress, _ security: NIOSSLContext?, within limit: TimeAmount,
        to taker: @escaping @Sendable (Result<ServerConnection, any Error>) -> Void
    ) {
        guard !isShut else { return taker(.failure(ExchangeFault.stopping)) }
        while let connection = free[address]?.popLast() {
            if connection.isActive { return taker(.success(connection)) }
        }
        let lent = loop.makePromise(of: ServerConnection.self)
        let number = ObjectIdentifier(lent.futureResult)
        awaited[number] = lent
        lent.futureResult.whenComplete { [self] result in
            awaited[number] = nil
            taker(result)
        }
        open(address, security, within: limit).cascade(to: lent)
    }

    func keep(_ connection: ServerConnection) {
        guard !isShut else { return connection.drop() }
        connection.rest()
        free[connection.address, default: []].append(connection)
        guard sweep == nil else { return }
        sweep = loop.scheduleRepeatedTask(initialDelay: Self.sweeping, delay: Self.sweeping) { [self] _ in
            closeUnused()
        }
    }

    func forget(_ connection: ServerConnection) {
        all[ObjectIdentifier(connection)] = nil
        free[connection.address]?.removeAll { $0 === connection }
    }

    /// The last that was kept is the first to be lent, so that those nobody needs are the first of their list.
    private func closeUnused() {
        let moment = NIODeadline.now() - Self.longestFree
        for (address, connections) in free {
            let unused = connections.prefix { $0.freeSince < moment }
            let rest = connections.dropFirst(unused.count)
            free[address] = rest.isEmpty ? nil : Array(rest)
            for connection in unused { connection.drop() }
        }
        guard free.isEmpty else { return }
        sweep?.cancel()
        sweep = nil
    }

    /// Ends every exchange with an error and closes every connection.
    func shutdown() async {
        try? await loop.submit { [self] in
            isShut = true
            sweep?.cancel()
            for promise in awaited.values { promise.fail(ExchangeFault.stopping) }
            for connection in all.values { connection.fail(ExchangeFault.stopping) }
        }.get()
    }
}

/// Making connections.
extension ConnectionShelf {
    private func open(
        _ address: ServerAddress, _ security: NIOSSLContext?, within limit: TimeAmount
    ) -> EventLoopFuture<ServerConnection> {
        let deadline = NIODeadline.now() + limit
        return ClientBootstrap(group: loop).connectTimeout(limit).connect(host: address.host, port: address.port)
            .flatMap { [self] channel in furnish(channel, address, security, by: deadline) }
    }

    private func furnish(
        _ channel: any Channel, _ address: ServerAddress, _ security: NIOSSLContext?, by deadline: NIODeadline
    ) -> EventLoopFuture<ServerConnection> {
        let standing = loop.makePromise(of: Void.self)
        let connection = ServerConnection(to: address, of: self, standing: standing)
        let alarm = loop.scheduleTask(deadline: deadline) { connection.fail(ChannelError.connectTimeout(.zero)) }
        all[ObjectIdentifier(connection)] = connection
        do {
            if isShut { throw ExchangeFault.stopping }
            try Self.fill(channel.pipeline.syncOperations, for: connection, security)
            if !address.isSecure { connection.stands() }
        } catch {
            channel.close(promise: nil)
            standing.fail(error)
        }
        return standing.futureResult.map { connection }.always { [self] result in
            alarm.cancel()
            if case .failure = result { forget(connection) }
        }
    }

    private static func fill(
        _ pipeline: ChannelPipeline.SynchronousOperations, for connection: ServerConnection,
        _ security: NIOSSLContext?
    ) throws {
        if connection.address.isSecure {
            // Nothing is ever said in the clear to a server that speaks TLS.
            guard let security else { throw ExchangeFault.closed }
            try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: connection.address.name))
        }
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder()))
        try pipeline.addHandler(connection)
    }
}

extension ServerAddress {
    /// What TLS asks the server to be. An IP address is no name (RFC 6066 §3); the certificate is then held against
    /// the address that was connected to.
    fileprivate var name: String? {
        (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }
}
