import NIOCore
import Testing
import Wire

/// Mutated bodies must end alike however they are cut, and written ones must come back.
@Suite struct MultipartFuzzTests {
    private static let limits = Multipart.Limits(
        partCount: 4, partHeaderBytes: 120, partHeaderLines: 4, fieldBytes: 40, fileBytes: 60, bodyBytes: 600)
    private static let mutator = Mutator(
        seeds: [
            "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--X--\r\n",
            "pre\r\n--X \r\nContent-Disposition: form-data; name=a; filename=\"b.txt\"\r\n"
                + "Content-Type: text/csv\r\n\r\n1,2\r\n-\r\n--\r\n"
                + "--X\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--X--\r\nepilogue",
            "--X--",
        ],
        tokens: [
            "\r", "\n", "\r\n", "--", "--X", "\r\n--X", "\r\n--X--", "\r\n\r\n", ":", ";", "=", "\"", "\\", "%22",
            " ", "\t",
            "\u{0}", "é", "filename*=UTF-8''a", "name=", "A: b\r\n", String(repeating: "z", count: 50),
        ],
        bytes: [[0xFF]])

    @Test func `200,000 mutated bodies end alike however they are cut`() {
        var random = Seeded("Multipart fuzz")
        var accepted = 0
        for number in 0..<200_000 {
            let bytes = Self.mutator.mutant(&random)
            let whole = outcome([bytes[...]])
            if case .success = whole { accepted += 1 }
            // Byte by byte takes the longest.
            let isSame = number % 10 > 0 || outcome(bytes.map { [$0] }) == whole
            if !isSame || outcome(pieces(bytes, &random)) != whole {
                Issue.record("read differently when cut: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
        }
        #expect(accepted > 20_000)
    }

    /// A fault's reason, or the parts.
    private func outcome(_ pieces: [ArraySlice<UInt8>]) -> Result<[PlainPart], Multipart.Fault> {
        var parser = MultipartParser(boundary: "X", limits: Self.limits)
        do {
            return .success(try parser.parts(pieces))
        } catch let fault as Multipart.Fault {
            return .failure(fault)
        } catch {
            Issue.record(error)
            return .success([])
        }
    }

    @Test func `2,000 random forms come back as they were written`() throws {
        var random = Seeded("Multipart forms")
        let fragments = ["\r", "\n", "-", "--", "\r\n", "\r\n--", "\r\n--boundar", "a", "é", "\u{0}", " "]
        for _ in 0..<2_000 {
            var parts: [PlainPart] = []
            var body = ""
            for place in 0..<random.below(5) {
                let content = (0..<random.below(12)).map { _ in random.pick(fragments) }.joined()
                let filename = random.below(2) == 0 ? "f\(place).bin" : nil
                body += "--boundary\r\nContent-Disposition: form-data; name=\"n\(place)\""
                body += (filename.map { "; filename=\"\($0)\"" } ?? "") + "\r\n\r\n\(content)\r\n"
                parts.append(PlainPart(name: "n\(place)", filename: filename, content: Array(content.utf8)))
            }
            body += "--boundary--\r\n"
            var parser = MultipartParser(boundary: "boundary", limits: .init(partCount: 10, partHeaderBytes: 200))
            let read = try parser.parts(pieces(Array(body.utf8), &random))
            if read != parts { Issue.record("\(body.debugDescription): \(read)") }
        }
    }
}
