import HTTPTypes

/// Header fields that the HTTP library has no name for. Each literal is a token, so unwrapping it cannot fail.
extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let runID = HTTPField.Name("X-Run-Id")!
    static let conversationID = HTTPField.Name("X-Conversation-Id")!
    static let serverTiming = HTTPField.Name("Server-Timing")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
    static let pragma = HTTPField.Name("Pragma")!
    static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
}
