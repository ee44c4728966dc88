import Foundation

/// A passage as the files of this benchmark have it, one in each line.
struct WrittenPassage: Codable {
    var title: String
    var text: String
}

/// Passages, and questions with the passages that answer them, as they were judged before any search was tuned.
struct EvaluationSet {
    struct Passage: Decodable {
        var id: String
        var language: String
        var title: String
        var text: String
    }

    struct Question: Decodable {
        var id: String
        var language: String
        var question: String
        /// The passages that answer it, by their ids: 2 for one that does, 1 for one that helps.
        var relevant: [String: Int]
    }

    let passages: [Passage]
    let questions: [Question]

    init(folder: String) throws {
        passages = try Self.lines(of: folder + "/passages.jsonl")
        questions = try Self.lines(of: folder + "/questions.jsonl")
    }

    private static func lines<Line: Decodable>(of path: String) throws -> [Line] {
        let decoder = JSONDecoder()
        return try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A)
            .map { try decoder.decode(Line.self, from: Data($0)) }
    }

    /// In the order in which they first come.
    var languages: [String] {
        var seen: Set<String> = []
        return passages.map(\.language).filter { seen.insert($0).inserted }
    }

    func passages(in language: String) -> [Passage] { passages.filter { $0.language == language } }

    func questions(in language: String) -> [Question] { questions.filter { $0.language == language } }
}
