import Domain
import NIOCore
import NIOSSL
import Synchronization

/// The seal on a request: it is broken only where the request may be read, and tells whether it was let go.
final class Seal: Sendable {
    /// The connection stands at another address than the one that was checked.
    struct OtherAddress: Error {}
    /// Whoever stands there has no certificate of the name that was asked for.
    struct OtherName: Error {}

    let address: IPAddress
    private let secureName: String?
    private let broken = Mutex(false)

    /// - Parameter secureName: the name of which there must be a certificate.
    init(_ address: IPAddress, secureName: String?) {
        self.address = address
        self.secureName = secureName
    }

    var isBroken: Bool { broken.withLock { $0 } }

    /// Called on the loop of a standing connection, before anything of the request is sent over it.
    func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            do {
                try check(channel)
                broken.withLock { $0 = true }
            } catch {
                channel.close(promise: nil)
                throw error
            }
        }
    }

    private func check(_ channel: any Channel) throws {
        let remote = channel.remoteAddress?.ipAddress.flatMap { IPAddress(parsing: $0) }
        guard remote?.unmapped == address.unmapped else { throw OtherAddress() }
        guard let secureName else { return }
        let certificate = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
        guard certificate?.isAlso(of: secureName) == true else { throw OtherName() }
    }
}

extension NIOSSLCertificate {
    /// Whether it is of the name, for a certificate that was found to be of the name or of the address. NIOSSL takes
    /// one of the address also where a name was asked for; but whoever turned the name to his own address has that.
    func isAlso(of name: String) -> Bool {
        let names = _subjectAlternativeNames()
        guard names.contains(where: { $0.nameType == .ipAddress }) else { return true }
        let name = name.hasSuffix(".") ? name.dropLast() : name[...]
        let parent = name.drop { $0 != "." }
        return names.contains { entry in
            guard entry.nameType == .dnsName else { return false }
            let written = String(decoding: Array(entry.contents), as: UTF8.self).lowercased()
            return written == name || parent.dropFirst().contains(".") && written == "*\(parent)"
        }
    }
}
