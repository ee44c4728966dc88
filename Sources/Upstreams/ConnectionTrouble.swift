import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why a connection could not be made or did not last, in the few kinds that a person can act on.
enum ConnectionTrouble: Equatable {
    case noConnection, refused, unknownHost, insecure, broken, notHTTP, stopping

    init(_ error: any Error) {
        self =
            switch error {
            case ExchangeFault.stopping: .stopping
            case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown: .broken
            case is HTTPParserError, is NIOHTTPDecoderError: .notHTTP
            case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .insecure
            case ChannelError.connectTimeout: .noConnection
            case let error as NIOConnectionError: Self.of(error)
            case let error as IOError: error.errnoCode == ECONNREFUSED ? .refused : .broken
            default: .broken
            }
    }

    /// Without an attempt there was no address to try.
    private static func of(_ error: NIOConnectionError) -> Self {
        let attempts = error.connectionErrors.map(\.error)
        if attempts.isEmpty { return .unknownHost }
        return attempts.contains { ($0 as? IOError)?.errnoCode == ECONNREFUSED } ? .refused : .noConnection
    }

    func fault(_ settings: UpstreamSettings, hasBegun: Bool) -> UpstreamFault {
        let name = settings.name
        return switch self {
        case .noConnection:
            UpstreamFault(name, "could not be connected to within \(settings.connectSeconds) s.", isTransient: true)
        case .refused: UpstreamFault(name, "refused the connection: nothing listens there.", isTransient: true)
        case .unknownHost: UpstreamFault(name, "could not be found: its host name has no address.", isTransient: true)
        case .insecure:
            UpstreamFault(name, "could not be connected to securely: the TLS handshake failed.", isTransient: true)
        case .broken where hasBegun: .cut(name)
        case .broken: UpstreamFault(name, "closed the connection without an answer.", isTransient: true)
        case .notHTTP: UpstreamFault(name, "does not speak HTTP/1.1.")
        case .stopping: .stopping(name)
        }
    }
}
