import Documents
import Domain
import Testing

@Suite struct KindTests {
    private func headings(_ text: String, _ name: String, _ mediaType: String) async throws -> [String] {
        try await FileReader().cuttings(
            of: Array(text.utf8), named: name, mediaType: mediaType,
            by: Splitting(.syntactic, quantity: 8, overlap: 0)
        ).headings
    }

    private let markdown =
        "# Alpha is the first\n\nwords words words words\n\n# Beta is the second\n\nmore and more words"

    @Test func theNameIsBelievedFirst() async throws {
        #expect(try await headings(markdown, "A.MD", "text/html").contains("Alpha is the first"))
        #expect(try await headings(markdown, "a.txt", "text/markdown").allSatisfy(\.isEmpty))
    }

    @Test func thenTheMediaType() async throws {
        #expect(try await headings(markdown, "readme", "text/markdown; charset=utf-8").contains("Alpha is the first"))
        #expect(try await headings(markdown, "a.unknown", "Text/Markdown").contains("Alpha is the first"))
    }

    @Test func thenTheContent() async throws {
        let page =
            "<!DOCTYPE html><h1>Alpha and words</h1><p>more and more words of it<h1>Beta and words</h1><p>last words"
        #expect(try await headings(page, "page", "").contains("Alpha and words"))
        #expect(
            try await headings(#"{"alpha": [1111111111, 22222222222], "beta": [333333333333]}"#, "", "")
                .contains { $0.hasPrefix("alpha") })
    }

    @Test func marksOfEncodingAndCarriageReturnsAreNoText() async throws {
        let splitting = Splitting(.none, quantity: 0, overlap: 0)
        let text = "ciao\r\nà\rb\n\r\nc"
        let expected = [Cutting(heading: "", text: "ciao\nà\nb\n\nc", line: 1)]
        let units = Array(text.utf16)
        let files: [[UInt8]] = [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8),
            [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
            [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] },
        ]
        for bytes in files {
            #expect(
                try await FileReader().cuttings(of: bytes, named: "a.txt", mediaType: "", by: splitting) == expected)
        }
    }

    @Test(
        "What is no text is refused",
        arguments: [
            ([0x61, 0xE9, 0x62], "It is not encoded in UTF-8"), ([0x61, 0x00, 0x62], "It contains NUL bytes"),
            ([0xFF, 0xFE, 0x00, 0xD8], "is not UTF-16"), ([0xFF, 0xFE, 0x61], "is not UTF-16"),
            ([0x50, 0x4B, 0x03, 0x04, 0x01], "Office documents"), ([0xC0, 0x80], "UTF-8"),
        ] as [([UInt8], String)])
    func noText(bytes: [UInt8], words: String) async throws {
        let refusal = try await Desk.refusal(bytes, "a.txt")
        #expect(refusal.reason == .unsupported && refusal.field == "file")
        #expect(refusal.message.contains(words))
    }
}
