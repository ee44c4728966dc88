import Documents
import Domain
import Foundation
import Testing

/// PDFs as they come, and programs that do not do what they should.
///
/// One after the other: a program cannot be run while it is open for writing, not even in a process that another
/// test is just starting.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PDFTests {
    private static let syntactic = Splitting(.syntactic, quantity: 64, overlap: 0)

    /// A file of pages with one line each; with `nil`, of pages without text.
    private func pdf(_ pages: [String?]) -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
        var kids: [String] = []
        for page in pages {
            let content = page.map { "BT /F1 12 Tf 72 700 Td (\($0)) Tj ET" } ?? "0 0 m 9 9 l S"
            kids.append("\(objects.count + 1) 0 R")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(objects.count + 2) 0 R "
                    + "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>")
            objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        objects[1] = "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        var file = "%PDF-1.4\n"
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places { file += String(format: "%010d 00000 n \n", place) }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    private var hasProgram: Bool { FileReader.program(named: "pdftotext") != nil }

    @Test func everyPageIsKnownByItsNumber() async throws {
        guard hasProgram else { return }
        let words = String(repeating: "Under the bridge ", count: 5)
        let bytes = pdf(["\(words) one", nil, "\(words) three"])
        let cuttings = try await FileReader().cuttings(of: bytes, named: "a.pdf", mediaType: "", by: Self.syntactic)
        #expect(cuttings.headings == ["page 1", "page 3"])
        #expect(cuttings.first?.text.contains("Under the bridge") == true)
        #expect(
            try await FileReader().cuttings(
                of: bytes, named: "unknown", mediaType: "application/pdf",
                by: Splitting(.none, quantity: 0, overlap: 0)
            ).count == 1)
    }

    @Test func manyAreReadAtOnceAndNoneIsLeftBehind() async throws {
        guard hasProgram else { return }
        let bytes = pdf((1...50).map { "Page \($0)" })
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    try await FileReader().cuttings(of: bytes, named: "a.pdf", mediaType: "", by: Self.syntactic).count
                }
            }
            for try await count in group { #expect(count == 17) }
        }
    }

    @Test func whatCannotBeReadIsSaid() async throws {
        guard hasProgram else { return }
        let cases = [
            (Array("no PDF".utf8), "The file is no PDF."),
            (pdf([nil, nil]), "contains no text, perhaps only scanned"),
            (Array("%PDF-1.4\nnothing".utf8), "is broken"), (LockedPDF.bytes, "is encrypted"),
            (Array(pdf(["a"]).prefix(80)), "is broken"),
        ]
        for (bytes, words) in cases {
            let refusal = try await Desk.refusal(bytes, "a.pdf")
            #expect(refusal.reason == .invalid && refusal.field == "file" && refusal.message.contains(words))
        }
    }

    @Test(arguments: [nil, "/nowhere/pdftotext"])
    func aMissingProgramIsNamed(program: String?) async throws {
        let refusal = try await Desk.refusal(pdf(["a"]), "a.pdf", pdfProgram: program)
        #expect(refusal.reason == .unavailable && refusal.message.contains("Debian package poppler-utils"))
    }

    @Test func aProgramThatDoesNotEndIsEnded() async throws {
        for script in ["exec sleep 600", "exec >&-; exec sleep 600", "sleep 600", "trap '' TERM; while :; do :; done"]
        {
            try await withProgram(script) { program in
                let refusal = try await Desk.refusal(
                    pdf(["a"]), "a.pdf", pdfProgram: program, limits: .init(seconds: 1))
                #expect(refusal == Refusal(.tooLarge, "The PDF could not be read within 1 s.", field: "file"))
            }
        }
    }

    @Test func aProgramThatWritesWithoutEndIsEnded() async throws {
        try await withProgram("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done") { program in
            let refusal = try await Desk.refusal(
                pdf(["a"]), "a.pdf", pdfProgram: program, limits: .init(textBytes: 200_000))
            #expect(refusal.reason == .tooLarge && refusal.message.contains("200000 bytes of text"))
        }
    }

    @Test func aLargeFileAndALargeTextDoNotWaitForEachOther() async throws {
        try await withProgram("exec cat") { program in
            let bytes = Array("%PDF-".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 8_000_000)
            let cuttings = try await FileReader(pdfProgram: program)
                .cuttings(of: bytes, named: "a.pdf", mediaType: "", by: Splitting(.none, quantity: 0, overlap: 0))
            #expect(cuttings.texts.joined().utf8.count == 8_000_005)
        }
    }

    @Test func whoeverLeavesIsNotWaitedFor() async throws {
        try await withProgram("exec sleep 600") { program in
            let bytes = pdf(["a"])
            let task = Task {
                try await FileReader(pdfProgram: program)
                    .cuttings(of: bytes, named: "a.pdf", mediaType: "", by: Self.syntactic)
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
    }

    private func withProgram(_ script: String, _ work: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/program-\(UUID().uuidString)"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await work(path)
    }
}
