/// Reads documents: text out of their bytes, and passages out of the text.
package protocol DocumentReader: Sendable {
    /// - Throws: `unsupported`, `invalid`, `tooLarge`, or `unavailable` where a program is missing, with words that
    ///   name the fault.
    func cuttings(
        of bytes: [UInt8], named filename: String, mediaType: String, by splitting: Splitting
    ) async throws -> [Cutting]
}

/// Turns texts into vectors that lie near each other where their meanings do.
package protocol Embedder: Sendable {
    /// Vectors of different models cannot be compared.
    var model: String { get }
    /// - Returns: a vector of unit length for each text.
    /// - Throws: `unavailable`, naming the upstream.
    func vectors(of texts: [String]) async throws -> [[Float]]
}
