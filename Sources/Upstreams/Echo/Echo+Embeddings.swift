import Domain
import Foundation
import Wire

/// Vectors of words, not of meaning: each word counts at a place that its letters say, the same way every time.
extension Echo {
    private static let dimensions = 64
    /// Of one answer.
    private static let mostNumbers = 1 << 18

    func embed(_ asked: JSON.Object, into answer: any Answer) -> any Asking {
        let input = asked["input"] ?? .null
        let inputs = input.array.map { $0.first?.integer == nil ? $0 : [input] } ?? [input]
        let isText = asked["encoding_format"]?.string != "base64"
        let size = asked["dimensions"]?.integer.map { Int(clamping: $0) } ?? Self.dimensions
        guard size * inputs.count <= Self.mostNumbers else {
            let fault = UpstreamFault("echo", "gives \(Self.mostNumbers) numbers at once at most.", reason: .invalid)
            return told([], end: .failed(fault), into: answer)
        }
        var tokens = 0
        let list = inputs.enumerated().map { place, input -> JSON in
            let words = input.array?.map { $0.render() } ?? Self.tokens(in: input.string ?? "")
            tokens += words.count
            let vector = Self.vector(words, size)
            return [
                "object": "embedding", "index": .integer(Int64(place)),
                "embedding": isText ? .array(vector.map { .number(Double($0)) }) : .string(Self.base64(vector)),
            ]
        }
        return told(
            [.text(JSON.array(list).render()), .usage(Usage(inputTokens: tokens, outputTokens: 0))],
            end: .finished(.stop), into: answer)
    }

    private func told(_ pieces: [AnswerPiece], end: AnswerEnd, into answer: any Answer) -> any Asking {
        let telling = Telling(pieces, end: end, into: answer)
        telling.begin()
        return telling
    }

    private static func vector(_ words: [String], _ size: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: size)
        for word in words {
            let letters = word.lowercased().utf8.filter { $0 > 32 }
            let hash = letters.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
            vector[Int(hash % UInt64(size))] += hash & 1 << 63 == 0 ? 1 : -1
        }
        return vector.unit
    }

    /// Floats of 32 bits, the least byte first.
    private static func base64(_ vector: [Float]) -> String {
        let bytes = vector.flatMap { value in
            let bits = value.bitPattern
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        }
        return Data(bytes).base64EncodedString()
    }
}
