package import Domain
import Foundation

/// The house's reader: tells what a file is, takes the text out of it and cuts that into passages.
package struct FileReader: DocumentReader {
    private let limits: DocumentLimits
    private let pdf: PDFText

    /// - Parameter pdfProgram: where poppler's `pdftotext` is; `nil` where there is none, and so no PDF is read.
    package init(pdfProgram: String? = FileReader.program(named: "pdftotext"), limits: DocumentLimits = .init()) {
        self.limits = limits
        pdf = PDFText(program: pdfProgram, limits: limits)
    }

    package func cuttings(
        of bytes: [UInt8], named filename: String, mediaType: String, by splitting: Splitting
    ) async throws -> [Cutting] {
        try SplittingRules.check(splitting)
        let kind = try FileKind(bytes, named: filename, mediaType: mediaType)
        let limits = limits
        guard kind == .pdf else {
            return try await OwnThread.run {
                try Splitter(Document(bytes, kind, limits), by: splitting, limits).cuttings()
            }
        }
        if splitting.strategy == .endpoint { throw OpenAPI.noDocument }
        let pages = try await pdf.text(of: bytes)
        return try await OwnThread.run { try Splitter(Document(pages: pages), by: splitting, limits).cuttings() }
    }

    /// - Returns: the path of the first program of that name in the directories of `PATH`.
    package static func program(named name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
