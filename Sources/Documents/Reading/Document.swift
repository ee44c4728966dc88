import Domain

/// What was read of a file: its text, and how that is built.
struct Document: Sendable {
    /// What the cuts of the syntactic strategy go by.
    enum Structure: Sendable {
        case paragraphs, markdown, json, jsonLines, yaml
        case table(separator: UInt8)
        case code(Language)
        /// The headings were found when the text was read.
        case sections([Heading])
    }

    let text: SourceText
    let structure: Structure

    init(_ bytes: [UInt8], _ kind: FileKind, _ limits: DocumentLimits) throws {
        let bytes = try TextBytes.decode(bytes)
        guard bytes.count <= limits.textBytes else { throw Self.tooMuchText(limits) }
        if kind == .html {
            var page = HTMLText(bytes)
            page.read()
            // A page of nothing but scripts: rather its source than nothing.
            let isEmpty = page.output.allSatisfy { $0.isSpace }
            text = SourceText(isEmpty ? bytes : page.output)
            structure = isEmpty ? .paragraphs : .sections(page.headings)
        } else {
            text = SourceText(bytes)
            structure = kind.structure
        }
    }

    /// - Parameter pages: as `pdftotext` writes them, with a form feed behind each.
    init(pages: [UInt8]) {
        var bytes = pages
        var headings = [Heading(start: 0, level: 1, name: .words("page 1"))]
        for place in bytes.indices where bytes[place] == Byte.formFeed {
            bytes[place] = Byte.newline
            headings.append(Heading(start: place + 1, level: 1, name: .words("page \(headings.count + 1)")))
        }
        headings.removeAll { $0.start >= bytes.count }
        text = SourceText(bytes)
        structure = .sections(headings)
    }

    static func tooMuchText(_ limits: DocumentLimits) -> Refusal {
        Refusal(.tooLarge, "The document has more than \(limits.textBytes) bytes of text.", field: "file")
    }
}
