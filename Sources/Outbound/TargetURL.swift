package import Domain

/// An address that somebody named, taken apart so strictly that every reader of it finds the same host.
package struct TargetURL: Sendable, Equatable, CustomStringConvertible {
    /// How it is asked.
    package enum Scheme: String, Sendable {
        case http, https

        package var usualPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A name or an address, in lower case and without brackets.
    package let host: String
    package let port: Int
    /// Path and query as they are sent; never empty.
    package let path: String

    /// - Throws: `invalid` with what is wrong with it.
    package init(parsing text: String, maximumBytes: Int = 2048) throws(OutboundFault) {
        try TargetURLRules.check(text, maximumBytes: maximumBytes)
        let (scheme, rest) = try TargetURLRules.scheme(of: text)
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let (host, port) = try TargetURLRules.hostAndPort(rest[..<authorityEnd])
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.usualPort
        path = try TargetURLRules.path(rest[authorityEnd...])
    }

    /// The address, where the host is none that must be looked up.
    package var literal: IPAddress? { IPAddress(parsing: host) }

    /// The host as it stands in a URL.
    package var hostInURL: String { host.contains(":") ? "[\(host)]" : host }

    /// As the `Host` header names it (RFC 9110 §7.2).
    package var authority: String { port == scheme.usualPort ? hostInURL : "\(hostInURL):\(port)" }

    package var description: String { "\(scheme.rawValue)://\(authority)\(path)" }
}
