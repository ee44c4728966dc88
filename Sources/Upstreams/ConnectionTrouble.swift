import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// Why a connection could not be made or did not last, in the few kinds that a person can act on.
enum ConnectionTrouble: Equatable {
    case noConnection, refused, unknownHost, insecure, broken, notHTTP, stopping, badRequest

    init(_ error: any Error) {
        self =
            switch error {
            case let error as HTTPClientError: Self.of(error)
            case HTTPParserError.invalidEOFState: .broken
            case is HTTPParserError: .notHTTP
            case ChannelError.connectTimeout: .noConnection
            case let error as IOError: error.errnoCode == ECONNREFUSED ? .refused : .broken
            default: Self.inWords(error)
            }
    }

    private static func of(_ error: HTTPClientError) -> Self {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .deadlineExceeded: .noConnection
        case .cancelled, .alreadyShutdown: .stopping
        case .remoteConnectionClosed, .readTimeout, .writeTimeout, .uncleanShutdown, .requestStreamCancelled: .broken
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: .badRequest
        // Header values stand in this error: nothing of it may be shown.
        default: .badRequest
        }
    }

    /// The errors of modules that are not imported here, known by their module's name and their own words.
    private static func inWords(_ error: any Error) -> Self {
        let type = String(reflecting: Swift.type(of: error))
        if type.hasPrefix("NIOSSL.") { return .insecure }
        guard type.hasPrefix("NIOPosix.") else { return type.hasPrefix("NIOHTTP1.") ? .notHTTP : .broken }
        let words = String(describing: error)
        if words.contains("DNS error") { return .unknownHost }
        if words.contains("onnection refused") { return .refused }
        return .noConnection
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
        case .badRequest: UpstreamFault(name, "cannot be asked: its URL or its key makes no HTTP request.")
        }
    }
}
