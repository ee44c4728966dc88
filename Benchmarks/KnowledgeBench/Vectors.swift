import Domain
import Synchronization

/// The embedding model, asked once for each text: every store is given the same vectors.
final class RememberedModel: Embedder {
    private let asked: any Embedder
    private let known = Mutex<[String: [Float]]>([:])

    init(_ asked: any Embedder) {
        self.asked = asked
    }

    var model: String { asked.model }

    func vectors(of texts: [String]) async throws -> [[Float]] {
        let missing = known.withLock { known in texts.filter { known[$0] == nil } }
        if !missing.isEmpty {
            let vectors = try await asked.vectors(of: missing)
            known.withLock { known in
                for (text, vector) in zip(missing, vectors) { known[text] = vector }
            }
        }
        return known.withLock { known in texts.compactMap { known[$0] } }
    }
}

/// Stands in for a model where only the speed of a search counts: a random vector of unit length for each text, always
/// the same one for the same text.
struct RandomVectors: Embedder {
    static let dimensions = 384

    let model = "random"

    func vectors(of texts: [String]) async throws -> [[Float]] {
        texts.map { text in
            var chance = Chance(seed: text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
            let values = (0..<Self.dimensions).map { _ in Float(chance.share() * 2 - 1) }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return values.map { $0 / length }
        }
    }
}

/// Random numbers that are the same ones each time (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// From 0 up to, but not, 1.
    mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
