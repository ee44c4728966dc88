import Domain

/// Reads PDF with poppler's `pdftotext`, a program of its own: whatever a file does to it, the server goes on.
struct PDFText: Sendable {
    let program: String?
    let limits: DocumentLimits

    /// - Returns: UTF-8, with a form feed behind each page.
    func text(of bytes: [UInt8]) async throws -> [UInt8] {
        guard Self.contains("%PDF-", in: bytes.prefix(1024)) else { throw Self.refusal("The file is no PDF.") }
        guard let program else { throw Self.missing }
        let subprocess = Subprocess(
            program: program, arguments: ["-enc", "UTF-8", "-q", "-", "-"], seconds: limits.seconds,
            memoryBytes: limits.memoryBytes, outputBytes: limits.textBytes)
        switch try await subprocess.run(input: bytes) {
        case .late:
            throw Refusal(.tooLarge, "The PDF could not be read within \(limits.seconds) s.", field: "file")
        case .tooMuch: throw Document.tooMuchText(limits)
        case .ended(let status, let output): return try Self.text(status, output, of: bytes)
        }
    }

    private static func text(_ status: Int32, _ output: [UInt8], of bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        guard status == 0 else {
            if status == 126 || status == 127 { throw missing }
            if contains("/Encrypt", in: bytes[...]) {
                throw refusal("The PDF is encrypted. Save it without its password.")
            }
            throw refusal("The PDF is broken and cannot be read.")
        }
        let isText = !output.contains(0) && String(validating: output, as: UTF8.self) != nil
        let text = isText ? output : Array(String(decoding: output, as: UTF8.self).utf8).filter { $0 != 0 }
        guard !text.allSatisfy(\.isSpace) else {
            throw refusal("The PDF contains no text, perhaps only scanned pages.")
        }
        return text
    }

    private static let missing = Refusal(
        .unavailable, "This server cannot read PDFs: the program pdftotext (Debian package poppler-utils) is missing.",
        field: "file")

    private static func refusal(_ message: String) -> Refusal {
        Refusal(.invalid, message, field: "file")
    }

    private static func contains(_ words: String, in bytes: ArraySlice<UInt8>) -> Bool {
        let words = Array(words.utf8)
        var place = bytes.startIndex
        while place + words.count <= bytes.endIndex {
            if bytes[place] == words[0], bytes[place..<place + words.count].elementsEqual(words) { return true }
            place += 1
        }
        return false
    }
}
