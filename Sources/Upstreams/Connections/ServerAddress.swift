import Foundation

/// Where a server is; what all connections to it have in common.
struct ServerAddress: Hashable, Sendable {
    let host: String
    let port: Int
    let isSecure: Bool

    /// - Returns: `nil` for what is not an http or https address.
    init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty
        else { return nil }
        isSecure = scheme == "https"
        port = url.port ?? Self.usualPort(isSecure)
        self.host = host
        guard (1...65535).contains(port) else { return nil }
    }

    /// As the `Host` header names it (RFC 9110 §7.2).
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == Self.usualPort(isSecure) ? name : "\(name):\(port)"
    }

    private static func usualPort(_ isSecure: Bool) -> Int {
        isSecure ? 443 : 80
    }
}
