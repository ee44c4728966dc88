import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A server on loopback whose every answer a test plays; it counts who comes in.
final class StreetDoor: Sendable {
    let port: Int
    private let channel: any Channel
    private let callers: AsyncStream<Caller>
    private let counter: Counter

    private init(host: String, port: Int, papers: NIOSSLContext?, isRude: Bool) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Caller.self)
        let counter = Counter()
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                counter.add()
                if isRude { return channel.close() }
                return Self.prepare(channel, papers) { continuation.yield($0) }
            }
            .bind(host: host, port: port).get()
        self.port = channel.localAddress?.port ?? 0
        callers = stream
        self.counter = counter
    }

    /// Opens a door for a test, and closes it behind it.
    /// - Parameter isRude: whether it is shut in everybody's face.
    static func open<Value>(
        host: String = "127.0.0.1", port: Int = 0, papers: NIOSSLContext? = nil, isRude: Bool = false,
        _ body: (StreetDoor) async throws -> Value
    ) async throws -> Value {
        let door = try await StreetDoor(host: host, port: port, papers: papers, isRude: isRude)
        do {
            let value = try await body(door)
            try await door.channel.close()
            return value
        } catch {
            try? await door.channel.close()
            throw error
        }
    }

    /// How many connections there have been.
    var connections: Int { counter.value }

    /// Nobody comes any more.
    struct Gone: Error {}

    /// The next whole request.
    func next() async throws -> Caller {
        for await caller in callers { return caller }
        throw Gone()
    }

    private static func prepare(
        _ channel: any Channel, _ papers: NIOSSLContext?, _ each: @escaping @Sendable (Caller) -> Void
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            guard let papers else { return try pipeline.addHandler(CallerHandler(nil, each)) }
            let names = SNIHandler { result in
                channel.eventLoop.makeCompletedFuture {
                    let name: String? = if case .hostname(let name) = result { name } else { nil }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: papers))
                    try pipeline.addHandler(CallerHandler(name, each))
                }
            }
            try pipeline.addHandler(ByteToMessageHandler(names))
        }
    }
}

/// A count that several loops add to.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() {
        count.withLock { $0 += 1 }
    }
}
