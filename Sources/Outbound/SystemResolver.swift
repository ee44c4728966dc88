package import Domain
import Foundation
import NIOPosix

/// The resolver of the system: it may keep a thread waiting for long, so it has threads of its own.
package enum SystemResolver {
    /// There was no answer to the name, or none with an address.
    package struct UnknownName: Error {}

    /// Never shut down: it lives as long as the process.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 64)
        threads.start()
        return threads
    }()

    /// - Returns: every address of a name, the most promising first (RFC 6724).
    @Sendable
    package static func addresses(of name: String) async throws -> [IPAddress] {
        try await threads.runIfActive { try look(up: name) }
    }

    private static func look(up name: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { throw UnknownName() }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { entry in
            (entry?.pointee.ai_addr).flatMap(address)
        }
    }

    private static func address(_ socketAddress: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        let memory = UnsafeRawPointer(socketAddress)
        switch Int32(socketAddress.pointee.sa_family) {
        case AF_INET: return bytes(of: memory.load(as: sockaddr_in.self).sin_addr)
        case AF_INET6: return bytes(of: memory.load(as: sockaddr_in6.self).sin6_addr)
        default: return nil
        }
    }

    private static func bytes(of address: some Any) -> IPAddress? {
        withUnsafeBytes(of: address) { IPAddress(bytes: Array($0)) }
    }
}
