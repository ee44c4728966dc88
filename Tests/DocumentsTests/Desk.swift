import Documents
import Domain
import Foundation
import Testing

/// Where documents are laid to be read.
enum Desk {
    static func read(
        _ text: String, _ filename: String, by splitting: Splitting = Splitting(.syntactic, quantity: 512, overlap: 0),
        limits: DocumentLimits = DocumentLimits()
    ) async throws -> [Cutting] {
        try await FileReader(limits: limits)
            .cuttings(of: Array(text.utf8), named: filename, mediaType: "", by: splitting)
    }

    static func syntactic(_ text: String, _ filename: String, _ quantity: Int = 512) async throws -> [Cutting] {
        try await read(text, filename, by: Splitting(.syntactic, quantity: quantity, overlap: 0))
    }

    /// The headings of code, each once where it has several passages; and nothing of the code is lost.
    static func headings(_ text: String, _ name: String, _ quantity: Int = 24) async throws -> [String] {
        let cuttings = try await syntactic(text, name, quantity)
        #expect(cuttings.ink == ink(text))
        // What is long has several passages with one heading.
        return cuttings.headings.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// What is said instead of passages.
    static func refusal(
        _ bytes: [UInt8], _ filename: String,
        by splitting: Splitting = Splitting(.syntactic, quantity: 512, overlap: 0),
        pdfProgram: String? = FileReader.program(named: "pdftotext"), limits: DocumentLimits = DocumentLimits()
    ) async throws -> Refusal {
        try await #require(throws: Refusal.self) {
            _ = try await FileReader(pdfProgram: pdfProgram, limits: limits)
                .cuttings(of: bytes, named: filename, mediaType: "", by: splitting)
        }
    }

    /// The letters of a text without its white space.
    static func ink(_ text: String) -> String { String(text.filter { !$0.isWhitespace }) }
}

extension [Cutting] {
    var headings: [String] { map(\.heading) }
    var texts: [String] { map(\.text) }
    var ink: String { Desk.ink(texts.joined()) }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
