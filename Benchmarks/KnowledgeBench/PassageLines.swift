import Domain
import Foundation

/// Files that have a passage in each line: every line is one cutting, with its title as the heading.
struct PassageLines: DocumentReader {
    static func bytes(of passages: [WrittenPassage]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        return try passages.reduce(into: []) { bytes, passage in
            bytes += try encoder.encode(passage)
            bytes.append(0x0A)
        }
    }

    func cuttings(
        of bytes: [UInt8], named filename: String, mediaType: String, by splitting: Splitting
    ) async throws -> [Cutting] {
        let decoder = JSONDecoder()
        return try bytes.split(separator: 0x0A).enumerated().map { place, line in
            let passage = try decoder.decode(WrittenPassage.self, from: Data(line))
            return Cutting(heading: passage.title, text: passage.text, line: place + 1)
        }
    }
}
