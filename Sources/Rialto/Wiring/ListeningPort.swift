import Domain
import Foundation
import NIOCore
import NIOPosix

/// The port a server is about to listen on.
enum ListeningPort {
    /// Listens on it for a moment. Port 0 becomes one that is free.
    /// - Throws: `conflict` for a port in use, `invalid` for an address that is not this machine's.
    static func probe(_ listen: Settings.Listen) async throws -> Int {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        do {
            let channel = try await bootstrap.bind(host: listen.host, port: listen.port).get()
            defer { channel.close(promise: nil) }
            let port = channel.localAddress?.port ?? listen.port
            try await channel.close().get()
            return port
        } catch {
            throw refusal(error, listen)
        }
    }

    /// What a person is told of an address that cannot be listened on; any other error is left as it is.
    static func refusal(_ error: any Error, _ listen: Settings.Listen) -> any Error {
        if let unknown = error as? SocketAddressError.UnknownHost {
            let words = "“\(listen.host)” is no address that a server can listen on: \(unknown.errorDescription)."
            return Refusal(.invalid, words)
        }
        guard let fault = error as? IOError else {
            guard error is SocketAddressError else { return error }
            return Refusal(.invalid, "“\(listen.host)” is no address that a server can listen on.")
        }
        let place = listen.host.contains(":") ? "[\(listen.host)]:\(listen.port)" : "\(listen.host):\(listen.port)"
        return switch fault.errnoCode {
        case EADDRINUSE: Refusal(.conflict, "Port \(listen.port) is in use: something else listens on \(place).")
        case EACCES, EPERM:
            Refusal(
                .forbidden,
                "Port \(listen.port) may not be listened on by this user: take one from 1024 on with "
                    + "--port, or grant the capability CAP_NET_BIND_SERVICE.")
        case EADDRNOTAVAIL: Refusal(.invalid, "\(listen.host) is no address of this machine.")
        default: Refusal(.unavailable, "\(place) cannot be listened on: \(SystemFault.words(fault.errnoCode)).")
        }
    }
}
