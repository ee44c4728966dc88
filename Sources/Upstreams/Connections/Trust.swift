import NIOSSL

/// Whose certificates are believed: those of the authorities that the system knows, or of `SSL_CERT_FILE` (PEM).
package enum Trust {
    /// - Throws: `NIOSSLError` where the file cannot be read.
    static func context(_ environment: [String: String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if let file = file(environment) { configuration.trustRoots = .file(file) }
        return try NIOSSLContext(configuration: configuration)
    }

    static func isOwn(_ environment: [String: String]) -> Bool {
        file(environment) != nil
    }

    /// Nil for the authorities of the system.
    package static func file(_ environment: [String: String]) -> String? {
        environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
