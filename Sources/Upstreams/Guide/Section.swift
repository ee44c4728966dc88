/// A part of a page under one `##` or `###` heading.
package struct Section: Sendable, Equatable {
    /// From the root of the repository, such as `docs/operating.md`.
    package let file: String
    package let heading: String
    /// The `##` heading above a `###` heading.
    package let parent: String?
    /// Markdown, without the heading.
    package let body: String

    /// A page cut at its headings; what stands above the first of them belongs to no section.
    static func sections(of page: String, file: String) -> [Section] {
        var sections: [Section] = []
        var open: (heading: String, parent: String?)?
        var chapter: String?
        var lines: [Substring] = []
        func close() {
            let body = Self.trimmed(lines)
            if let open, !body.isEmpty {
                sections.append(Section(file: file, heading: open.heading, parent: open.parent, body: body))
            }
            lines = []
        }
        var isCode = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            if !isCode, line.hasPrefix("## ") {
                close()
                chapter = String(line.dropFirst(3))
                open = (String(line.dropFirst(3)), nil)
            } else if !isCode, line.hasPrefix("### ") {
                close()
                open = (String(line.dropFirst(4)), chapter)
            } else {
                lines.append(line)
            }
        }
        close()
        return sections
    }

    private static func trimmed(_ lines: [Substring]) -> String {
        var lines = lines[...]
        while lines.first?.isEmpty == true { lines = lines.dropFirst() }
        while lines.last?.isEmpty == true { lines = lines.dropLast() }
        return lines.joined(separator: "\n")
    }

    /// What stands outside of code blocks.
    var prose: String { lines(ofCode: false) }

    /// What stands in code blocks.
    var code: String { lines(ofCode: true) }

    private func lines(ofCode wanted: Bool) -> String {
        var isCode = false
        return body.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return isCode == wanted
        }.joined(separator: "\n")
    }

    /// Most who ask want to use Rialto, not to build it: pages about its inside come second.
    var weight: Double {
        switch file {
        case "docs/ARCHITECTURE.md": 0.85
        case "docs/STYLE.md": 0.6
        case _ where file.hasPrefix("docs/decisions/"): 0.7
        default: 1
        }
    }
}
