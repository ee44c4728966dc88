import Domain
import Foundation
import NIOPosix
import NIOSSL
import Outbound
import Testing

/// A client of the tests: it resolves names by a book, and what is not told to be open is closed.
enum Messenger {
    static let loopback = ["127.0.0.0/8", "::1"]

    static func with(
        open ranges: [String] = loopback, certificates: String? = nil, names: [String: [String]] = [:]
    ) -> GuardedClient {
        with(open: ranges, certificates: certificates) { name in
            (names[name] ?? []).compactMap { IPAddress(parsing: $0) }
        }
    }

    static func with(
        open ranges: [String] = loopback, certificates: String? = nil, resolve: @escaping GuardedClient.Resolve
    ) -> GuardedClient {
        GuardedClient(
            group: .singletonMultiThreadedEventLoopGroup, allow: ranges.compactMap { AddressRange(parsing: $0) },
            certificateFile: certificates, resolve: resolve)
    }

    /// As the server has it: names are resolved by the system.
    static func real(open ranges: [String] = []) -> GuardedClient {
        GuardedClient(
            group: .singletonMultiThreadedEventLoopGroup, allow: ranges.compactMap { AddressRange(parsing: $0) })
    }
}

extension GuardedClient {
    /// Sends, and lets the door answer meanwhile.
    func send(
        _ request: OutboundRequest, to door: StreetDoor, _ play: (Caller) async throws -> Void
    ) async throws
        -> Result<OutboundAnswer, OutboundFault>
    {
        async let result = outcome(request)
        try await play(await door.next())
        return await result
    }

    func outcome(_ request: OutboundRequest) async -> Result<OutboundAnswer, OutboundFault> {
        do { return .success(try await send(request)) } catch { return .failure(error) }
    }

    func outcome(_ url: String) async -> Result<OutboundAnswer, OutboundFault> {
        await outcome(OutboundRequest(url: url))
    }
}

extension Result where Failure == OutboundFault {
    var fault: OutboundFault? { if case .failure(let fault) = self { fault } else { nil } }
}

/// The papers of palazzo.example, believed only by who is told to.
enum Papers {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil)).appendingPathComponent(name).path
    }

    static func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(path("palazzo.pem")).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(file: path("palazzo.key"), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }
}
