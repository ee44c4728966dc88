import Foundation

/// How good lists of found passages are, as means over questions.
struct Measures {
    private var recalls: [Double] = []
    private var gains: [Double] = []

    var recall: Double { mean(recalls) }
    var gain: Double { mean(gains) }

    mutating func add(found: [String], relevant: [String: Int]) {
        recalls.append(Self.recall(of: found, relevant))
        gains.append(Self.gain(of: found, relevant))
    }

    /// recall@5: the share of the relevant passages that are among the first five; five are enough where more are.
    static func recall(of found: [String], _ relevant: [String: Int]) -> Double {
        Double(found.prefix(5).count { relevant[$0] != nil }) / Double(min(5, relevant.count))
    }

    /// nDCG@10: the sum of (2^grade − 1) / log2(place + 1) over the first ten, divided by that of the best order that
    /// the judged passages could have. Passages that were not judged have the grade 0.
    static func gain(of found: [String], _ relevant: [String: Int]) -> Double {
        let ideal = sum(relevant.values.sorted(by: >))
        return ideal > 0 ? sum(found.map { relevant[$0] ?? 0 }) / ideal : 0
    }

    private static func sum(_ grades: [Int]) -> Double {
        grades.prefix(10).enumerated().reduce(0) { sum, entry in
            sum + (exp2(Double(entry.element)) - 1) / log2(Double(entry.offset) + 2)
        }
    }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
