import Crypto

/// A SHA-256 that grows with what it is given.
struct Digest: Sendable {
    private var hash = SHA256()

    mutating func update(_ bytes: some Collection<UInt8>) {
        hash.update(data: Array(bytes))
    }

    var value: [UInt8] { Array(hash.finalize()) }
}
