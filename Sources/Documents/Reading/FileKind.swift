import Domain

/// What a file is, as far as it matters for reading it.
enum FileKind: Sendable, Equatable {
    case plain, markdown, html, json, jsonLines, yaml, pdf
    case table(separator: UInt8)
    case code(Language)

    /// The file name is believed first, then the media type, then the content.
    init(_ bytes: [UInt8], named filename: String, mediaType: String) throws(Refusal) {
        try Self.refuseOffice(bytes)
        self = Self(ending: filename) ?? Self(mediaType: mediaType) ?? Self(content: bytes)
    }

    var structure: Document.Structure {
        switch self {
        case .plain, .html, .pdf: .paragraphs
        case .markdown: .markdown
        case .json: .json
        case .jsonLines: .jsonLines
        case .yaml: .yaml
        case .table(let separator): .table(separator: separator)
        case .code(let language): .code(language)
        }
    }

    /// Word, Excel, EPUB and the like are ZIP archives, which nothing here opens.
    private static func refuseOffice(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            return
        }
        throw Refusal(
            .unsupported, "Office documents and archives are not read. Save the document as PDF or text.",
            field: "file")
    }

    private init?(ending filename: String) {
        let name = filename.lowercased().split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = String(name[name.index(after: dot)...])
        if let kind = Self.endings[ending] {
            self = kind
        } else if let language = Language(ending: ending) {
            self = .code(language)
        } else {
            return nil
        }
    }

    private static let endings: [String: FileKind] = [
        "txt": .plain, "text": .plain, "log": .plain, "rst": .plain, "adoc": .plain, "tex": .plain,
        "md": .markdown, "markdown": .markdown, "mdown": .markdown, "mdx": .markdown,
        "html": .html, "htm": .html, "xhtml": .html, "json": .json, "jsonc": .json, "geojson": .json,
        "jsonl": .jsonLines, "ndjson": .jsonLines, "yaml": .yaml, "yml": .yaml, "pdf": .pdf,
        "csv": .table(separator: Byte.comma), "tsv": .table(separator: Byte.tab), "tab": .table(separator: Byte.tab),
    ]

    private init?(mediaType: String) {
        let type = mediaType.lowercased().prefix { $0 != ";" }.filter { $0 != " " }
        if let kind = Self.mediaTypes[type] {
            self = kind
        } else if type.hasSuffix("+json") {
            self = .json
        } else if type.hasSuffix("+yaml") {
            self = .yaml
        } else if let language = Language(mediaType: type) {
            self = .code(language)
        } else {
            return nil
        }
    }

    /// `text/plain` is missing: it is what senders say who do not know.
    private static let mediaTypes: [String: FileKind] = [
        "text/markdown": .markdown, "text/x-markdown": .markdown, "text/html": .html,
        "application/xhtml+xml": .html, "application/json": .json, "text/json": .json,
        "application/jsonl": .jsonLines, "application/x-ndjson": .jsonLines, "application/jsonlines": .jsonLines,
        "application/yaml": .yaml, "application/x-yaml": .yaml, "text/yaml": .yaml, "text/x-yaml": .yaml,
        "text/csv": .table(separator: Byte.comma), "text/tab-separated-values": .table(separator: Byte.tab),
        "application/pdf": .pdf,
    ]

    private init(content bytes: [UInt8]) {
        let beginning = bytes.prefix(1024).drop { $0.isSpace || $0 >= 0xEF }
        let words = String(decoding: beginning.prefix(16), as: UTF8.self).lowercased()
        if words.hasPrefix("%pdf-") {
            self = .pdf
        } else if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") {
            self = .html
        } else if ["{", "["].contains(words.prefix(1)),
            bytes.last(where: { !$0.isSpace }).map("]}".utf8.contains) == true
        {
            self = .json
        } else if words.hasPrefix("openapi:") || words.hasPrefix("swagger:") {
            self = .yaml
        } else {
            self = .plain
        }
    }
}
