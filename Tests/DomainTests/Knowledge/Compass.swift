import Domain
import Synchronization

/// A model that knows a few things by more than one name.
final class Compass: Embedder {
    private static let meanings = [
        ["tide", "sea", "water"], ["lantern", "lamp", "light"], ["bread", "loaf", "oven"],
    ]

    let model: String
    let barrier = Barrier()
    private let heard = Mutex<[[String]]>([])
    private let trouble = Mutex<Refusal?>(nil)

    init(_ model: String = "compass") {
        self.model = model
    }

    /// The texts it was asked about, call by call.
    var asked: [[String]] { heard.withLock { $0 } }

    func fail(with refusal: Refusal?) { trouble.withLock { $0 = refusal } }

    func vectors(of texts: [String]) async throws -> [[Float]] {
        heard.withLock { $0.append(texts) }
        await barrier.pass()
        if let refusal = trouble.withLock({ $0 }) { throw refusal }
        return texts.map(Self.vector)
    }

    /// Which way a text points; one that it does not understand points nowhere in particular.
    static func vector(of text: String) -> [Float] {
        let counts = meanings.map { words in Float(words.count { text.lowercased().contains($0) }) }
        let all = counts + [counts.allSatisfy { $0 == 0 } ? 1 : 0]
        let length = all.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return all.map { $0 / length }
    }
}
