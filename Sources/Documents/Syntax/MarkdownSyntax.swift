/// Markdown: headings of both kinds, paragraphs, and fenced code, in which nothing else means anything.
struct MarkdownSyntax {
    private struct Fence {
        var mark: UInt8
        var length: Int
    }

    private let text: SourceText
    private var sections: Sections
    private var paragraph: Int?
    private var fence: Fence?

    init(_ text: SourceText, _ sizes: Outline.Sizes) {
        self.text = text
        sections = Sections(of: text, sizes)
    }

    mutating func parts() -> [Part] {
        var place = skipFrontMatter()
        while place < text.count {
            let line = text.lineRange(from: place)
            read(line)
            place = line.upperBound + 1
        }
        endParagraph(at: text.count)
        return sections.finish()
    }

    private mutating func read(_ line: Range<Int>) {
        let ink = text.firstInk(in: line)
        if let open = fence {
            if let mark = fenceMark(line, ink), mark.mark == open.mark, mark.length >= open.length {
                fence = nil
            }
        } else if ink == line.upperBound {
            endParagraph(at: line.lowerBound)
        } else if let mark = fenceMark(line, ink) {
            fence = mark
            paragraph = paragraph ?? line.lowerBound
        } else if let heading = heading(line, ink) {
            endParagraph(at: line.lowerBound)
            sections.begin(heading)
        } else if let start = paragraph, let level = underline(line, ink), isPlain(start) {
            paragraph = nil
            sections.begin(Heading(start: start, level: level, name: .text(start..<line.lowerBound)))
        } else {
            paragraph = paragraph ?? line.lowerBound
        }
    }

    private mutating func endParagraph(at end: Int) {
        if let start = paragraph { sections.paragraph(start, end) }
        paragraph = nil
    }

    /// The settings that some programs keep before the text, between two lines `---`.
    private func skipFrontMatter() -> Int {
        guard isDashes(text.lineRange(from: 0)) else { return 0 }
        var place = text.lineEnd(from: 0) + 1
        for _ in 0..<200 where place < text.count {
            let line = text.lineRange(from: place)
            place = line.upperBound + 1
            guard isDashes(line) else { continue }
            // It goes with what follows, being little.
            return min(place, text.count)
        }
        return 0
    }

    private func isDashes(_ line: Range<Int>) -> Bool {
        line.count == 3 && text.bytes[line].allSatisfy { $0 == Byte.dash }
    }

    private func fenceMark(_ line: Range<Int>, _ ink: Int) -> Fence? {
        guard ink < line.upperBound else { return nil }
        let mark = text.bytes[ink]
        guard mark == Byte.backtick || mark == UInt8(ascii: "~") else { return nil }
        let end = run(of: mark, in: ink..<line.upperBound)
        let hasMore = mark == Byte.backtick && text.bytes[end..<line.upperBound].contains(Byte.backtick)
        guard end - ink >= 3, !hasMore else { return nil }
        let isClosing = text.firstInk(in: end..<line.upperBound) == line.upperBound
        return fence == nil || isClosing ? Fence(mark: mark, length: end - ink) : nil
    }

    /// `# Heading`, with one to six marks, and some behind it that do not count.
    private func heading(_ line: Range<Int>, _ ink: Int) -> Heading? {
        guard ink - line.lowerBound <= 3, text.bytes[ink] == Byte.hash else { return nil }
        let end = run(of: Byte.hash, in: ink..<line.upperBound)
        guard end - ink <= 6, end == line.upperBound || text.bytes[end].isSpace else { return nil }
        let start = text.firstInk(in: end..<line.upperBound)
        var last = line.upperBound
        while last > start, text.bytes[last - 1].isSpace || text.bytes[last - 1] == Byte.hash { last -= 1 }
        return Heading(start: line.lowerBound, level: end - ink, name: .text(start..<last))
    }

    /// `====` or `----` below a line makes a heading of it.
    private func underline(_ line: Range<Int>, _ ink: Int) -> Int? {
        let mark = text.bytes[ink]
        guard ink - line.lowerBound <= 3, mark == Byte.dash || mark == UInt8(ascii: "=") else { return nil }
        let end = run(of: mark, in: ink..<line.upperBound)
        guard text.firstInk(in: end..<line.upperBound) == line.upperBound else { return nil }
        return mark == Byte.dash ? 2 : 1
    }

    /// Lists, quotes and tables have dashes below them too, and fenced code is no heading.
    private func isPlain(_ start: Int) -> Bool {
        let first = text.bytes[text.firstInk(in: start..<text.count)]
        return !"-*+>|`~".utf8.contains(first)
    }

    private func run(of mark: UInt8, in range: Range<Int>) -> Int {
        var place = range.lowerBound
        while place < range.upperBound, text.bytes[place] == mark { place += 1 }
        return place
    }
}
