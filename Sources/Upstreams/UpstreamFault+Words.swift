import Domain

/// Faults in words that name the upstream, and nothing of its address or its key.
extension UpstreamFault {
    /// - Parameter clause: goes on after "The upstream “NAME” ".
    init(
        _ upstream: String, _ clause: String, reason: Refusal.Reason = .unavailable, isTransient: Bool = false,
        retryAfterSeconds: Double? = nil
    ) {
        self.init(
            Refusal(
                reason, "The upstream “\(upstream)” \(clause)",
                retryAfterSeconds: retryAfterSeconds.map { Int(min($0, 86_400).rounded(.up)) }),
            isTransient: isTransient, retryAfterSeconds: retryAfterSeconds)
    }

    /// A connection that ended before the answer did.
    static func cut(_ upstream: String) -> Self {
        Self(upstream, "broke its answer off.", isTransient: true)
    }

    static func unreadable(_ upstream: String, _ what: String) -> Self {
        Self(upstream, "sent \(what) that its API does not have.")
    }

    static func tooLong(_ upstream: String, _ what: String) -> Self {
        Self(upstream, "sent \(what) that is longer than Rialto reads.")
    }

    static func stopping(_ upstream: String) -> Self {
        Self(upstream, "was let go: this server is stopping.")
    }

    static func busy(_ settings: UpstreamSettings) -> Self {
        Self(settings.name, "has all of its \(settings.connections) connections in use.", isTransient: true)
    }
}
