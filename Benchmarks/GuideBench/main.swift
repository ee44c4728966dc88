import Foundation
import Upstreams

/// Questions with the sections that answer them, and questions that no section answers.
struct QuestionSet: Decodable {
    struct Answered: Decodable {
        var question: String
        /// `file#heading`; any one of them answers the question.
        var expected: [String]
    }

    var answered: [Answered]
    var elsewhere: [String]
}

/// How the guide did on one set.
struct Score {
    let set: QuestionSet
    let guide = Guide()

    /// The place of the first expected section, from 1, among those that the guide quotes.
    func place(of answered: QuestionSet.Answered) -> Int? {
        let quoted = guide.sections(for: answered.question).map { "\($0.file)#\($0.heading)" }
        return quoted.firstIndex { answered.expected.contains($0) }.map { $0 + 1 }
    }

    func print(name: String) {
        let places = set.answered.map { place(of: $0) }
        let total = places.count
        let first = places.count { $0 == 1 }
        let among = places.count { $0 != nil }
        let refused = set.elsewhere.filter { guide.sections(for: $0).isEmpty }
        Swift.print("\(name): \(total) questions")
        Swift.print("  recall@1 \(ratio(first, total))  recall@3 \(ratio(among, total))  (\(first) and \(among))")
        Swift.print("  told that there is nothing: \(refused.count) of \(set.elsewhere.count) about something else")
        for (answered, place) in zip(set.answered, places) where place != 1 {
            let found = guide.sections(for: answered.question).map(\.heading).joined(separator: " | ")
            Swift.print("  \(place.map { "place \($0)" } ?? "missed ")  \(answered.question)")
            Swift.print("           quoted: \(found.isEmpty ? "nothing" : found)")
        }
        for question in set.elsewhere where !refused.contains(question) {
            let found = guide.sections(for: question).map(\.heading).joined(separator: " | ")
            Swift.print("  answered  \(question)\n           quoted: \(found)")
        }
    }

    private func ratio(_ part: Int, _ whole: Int) -> String {
        whole == 0 ? "–" : String(format: "%.3f", Double(part) / Double(whole))
    }
}

for file in CommandLine.arguments.dropFirst() {
    let url = URL(fileURLWithPath: file)
    let set = try JSONDecoder().decode(QuestionSet.self, from: Data(contentsOf: url))
    Score(set: set).print(name: url.deletingPathExtension().lastPathComponent)
}
