/// Text whose headings are known already, if it has any: paragraphs are what blank lines divide.
struct SectionSyntax {
    private let text: SourceText
    private let sizes: Outline.Sizes

    init(_ text: SourceText, _ sizes: Outline.Sizes) {
        self.text = text
        self.sizes = sizes
    }

    func parts(_ headings: [Heading]) -> [Part] {
        var sections = Sections(of: text, sizes)
        var waiting = headings[...]
        var paragraph: Int?
        var place = 0
        while place < text.count {
            while let heading = waiting.first, heading.start <= place {
                if let start = paragraph { sections.paragraph(start, place) }
                paragraph = nil
                sections.begin(waiting.removeFirst())
                // Its own lines are no paragraph.
                if case .text(let range) = heading.name { place = max(place, range.upperBound) }
            }
            guard place < text.count else { break }
            let line = text.lineRange(from: place)
            let isBlank = text.firstInk(in: line) == line.upperBound
            if isBlank, let start = paragraph {
                sections.paragraph(start, place)
                paragraph = nil
            } else if !isBlank, paragraph == nil {
                paragraph = place
            }
            place = line.upperBound + 1
        }
        if let start = paragraph { sections.paragraph(start, text.count) }
        return sections.finish()
    }
}
